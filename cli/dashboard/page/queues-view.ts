import { make } from '../../page/dom.ts';
import type { LettersView, LocksView, QueueView } from '../views.ts';
import { type Context, viewAddress } from './context.ts';
import { many, relative, timeElement } from './format.ts';
import { actionButton, empty, fill, notice, pill, table } from './ui.ts';

/** What waits, what was given up, and which chats are being worked on. */
export function queuesView(context: Context, place: HTMLElement): void {
  const [queues, letters, locks] = [make('div', {}), make('div', {}), make('div', {})];
  const { api } = context;
  const load = () => {
    void fill(queues, async () => queueElements(await api.queues()));
    void fill(letters, async () => letterElements(await api.deadLetters(), context, load));
    void fill(locks, async () => lockElements(await api.locks(), context));
  };
  const refresh = make('button', { type: 'button' }, 'Refresh');
  refresh.addEventListener('click', load);
  const part = (title: string, ...children: readonly Node[]) =>
    make('section', { class: 'panel' }, make('h2', {}, title), ...children);
  place.replaceChildren(part('Queues', refresh, queues), part('Dead letters', letters), part('Locks', locks));
  place.setAttribute('aria-busy', 'false');
  load();
}

function queueElements(queues: readonly QueueView[]): HTMLElement[] {
  if (queues.length === 0)
    return [
      empty('This bot has no queue that was found.', 'Under drop, messages go to the worker by invocation.'),
    ];
  const rows = queues.map(({ kind, name, visible, inFlight, delayed, error }) => [
    kind,
    make('code', {}, name),
    ...(error === undefined ? [String(visible), String(inFlight), String(delayed)] : [error, '', '']),
  ]);
  return [table('Queues', ['Queue', 'Name', 'Waiting', 'In flight', 'Delayed'], rows)];
}

function letterElements({ letters, note }: LettersView, context: Context, reload: () => void): HTMLElement[] {
  const { site, api } = context;
  const redrive = (label: string, event: string | undefined) =>
    actionButton(label, async () => {
      const { done } = await api.redrive(event, false);
      setTimeout(reload, 2500);
      return done;
    });
  const notes = note === undefined ? [] : [notice(note, 'warn')];
  const [oldest] = letters;
  if (!oldest) return [...notes, empty('No dead letter lies there.')];
  const rows = letters.map(({ eventId, chatId, sentAt }) => [
    timeElement(sentAt),
    make('a', { href: viewAddress(context, 'trace', eventId) }, eventId),
    make('a', { href: viewAddress(context, 'chats', chatId) }, chatId),
    site.isWritable ? redrive('Redrive', eventId) : '',
  ]);
  return [
    ...notes,
    make(
      'p',
      {},
      `${many(letters.length, 'dead letter')}; the oldest message was sent ${relative(oldest.sentAt)}.`,
    ),
    ...(site.isWritable ? [redrive('Redrive all', undefined)] : []),
    table('Dead letters', ['Sent', 'Event', 'Chat', ''], rows),
  ];
}

function lockElements({ locks, looked, hasMore }: LocksView, context: Context): HTMLElement[] {
  const notes = hasMore ? [notice(`Only ${looked} items of the table were looked at.`, 'warn')] : [];
  if (locks.length === 0)
    return [
      ...notes,
      empty(
        'No chat is locked.',
        'Only the policy drop takes locks; under fifo and merge the queue keeps the order.',
      ),
    ];
  const rows = locks.map(({ chatId, owner, eventId, busyUntil, expiresAt, isExpired }) => [
    make('a', { href: viewAddress(context, 'chats', chatId) }, chatId),
    eventId === undefined ? '' : make('a', { href: viewAddress(context, 'trace', eventId) }, eventId),
    make('code', {}, owner),
    busyUntil === undefined ? '' : timeElement(busyUntil),
    expiresAt === undefined ? '' : timeElement(expiresAt),
    isExpired ? pill('expired, locks nothing') : pill('held', 'warn'),
  ]);
  return [...notes, table('Locks', ['Chat', 'Event', 'Owner', 'Busy until', 'Expires', ''], rows)];
}
