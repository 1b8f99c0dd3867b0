import { make } from '../../page/dom.ts';
import { addUsage } from '../sums.ts';
import type { ConversationView } from '../views.ts';
import { type Context, viewAddress } from './context.ts';
import { bytes, many, money, timeElement, usageText } from './format.ts';
import { replayDialog } from './replay-dialog.ts';
import { rowElement } from './row.ts';
import { takeOverBar } from './take-over.ts';
import { details, facts, fill, json, pill, table } from './ui.ts';

/** One chat: what was said, what it cost, and what a person can do with it. */
export function conversationPane(
  context: Context,
  chatId: string,
  pane: HTMLElement,
  refreshList: () => Promise<void>,
): void {
  let limit = context.site.historyLimit;
  const load = (): Promise<void> =>
    fill(pane, async () => {
      const view = await context.api.conversation({ chat: chatId, history_limit: limit });
      const all = () => {
        limit = 10_000;
        void load();
      };
      const change = async () => {
        await Promise.all([load(), refreshList()]);
      };
      const top = make(
        'div',
        { class: 'conversation-top' },
        head(view, context),
        takeOverBar(view, context, change),
      );
      return [top, ...earlier(view, all), rows(view, context), more(view)];
    }).then(() => showNewest(pane));
  void load();
}

/** Where the pane scrolls by itself, it opens at what was said last. */
function showNewest(pane: HTMLElement): void {
  const last = pane.querySelector('.rows > :last-child');
  if (last instanceof HTMLElement && pane.scrollHeight > pane.clientHeight + 1)
    pane.scrollTop = last.offsetTop + last.offsetHeight - pane.clientHeight;
}

function head(view: ConversationView, context: Context): HTMLElement {
  const { chatId, rows: count, usage, isBlocked, spend } = view;
  const sum = addUsage(usage);
  const export_ = (format: 'json' | 'md', label: string) =>
    make('a', { class: 'button', href: context.api.exportAddress(chatId, format), download: '' }, label);
  return make(
    'div',
    { class: 'head' },
    make('a', { class: 'back', href: viewAddress(context, 'chats') }, 'All chats'),
    make('h2', {}, chatId, ...(isBlocked ? [' ', pill('blocked', 'bad')] : [])),
    make(
      'p',
      { class: 'sub' },
      `${many(count, 'row')}${sum.messages > 0 ? ` · ${usageText(sum)}` : ' · no model calls'}${
        spend ? ` · ${money(spend.usd)} spent on ${spend.day}` : ''
      }`,
    ),
    make(
      'div',
      { class: 'actions' },
      make('a', { class: 'button', href: viewAddress(context, 'trace', chatId) }, 'Trace the chat'),
      export_('json', 'Export JSON'),
      export_('md', 'Export transcript'),
    ),
  );
}

function earlier({ shown, rows: count }: ConversationView, all: () => void): HTMLElement[] {
  if (shown.length >= count) return [];
  const button = make('button', { type: 'button', class: 'quiet' }, 'Show them');
  button.addEventListener('click', all);
  return [make('p', { class: 'notice' }, `${many(count - shown.length, 'earlier row')} not shown. `, button)];
}

function rows(view: ConversationView, context: Context): HTMLElement {
  const events = new Map(view.events.map((event) => [event.eventId, event]));
  const replay = (eventId: string) => replayDialog(context, view.chatId, eventId);
  return make(
    'ol',
    { class: 'rows', 'aria-label': 'Messages' },
    ...view.shown.map((row) => {
      // What was decided stands once for an event, at what the user wrote.
      const event = row.type === 'user' ? events.get(row.eventId ?? '') : undefined;
      return rowElement(row, event, context, replay);
    }),
  );
}

/** What is no message: days, other ids, state, ledger. */
function more(view: ConversationView): HTMLElement {
  const days = view.usage.map((line) => [
    line.day,
    line.userId,
    line.model,
    String(line.messages),
    String(line.tokensIn),
    String(line.tokensOut),
    money(line.costUsd),
  ]);
  const ledger = view.events.map(({ eventId, rule, decidedAt, carriedBy, parts }) => [
    make('code', {}, eventId),
    rule,
    timeElement(decidedAt),
    carriedBy ?? '',
    String(parts.length),
  ]);
  return make(
    'div',
    { class: 'more' },
    details(
      'Tokens and cost by day (UTC)',
      days.length > 0
        ? table('Tokens and cost by day', ['Day', 'User', 'Model', 'Rows', 'In', 'Out', 'Cost'], days)
        : make('p', {}, 'No model wrote in this chat.'),
    ),
    details(
      'Ledger of decided events',
      table('Ledger', ['Event', 'Rule', 'Decided', 'Carried by', 'Parts kept'], ledger),
    ),
    details(
      'Stored object and state',
      facts([
        ['Object', make('code', {}, view.key)],
        ['Size', bytes(view.bytes)],
        ['Other ids', view.aliases.length > 0 ? view.aliases.join(', ') : 'none'],
      ]),
      json(view.state),
    ),
  );
}
