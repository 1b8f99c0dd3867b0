import { make } from '../../page/dom.ts';
import type { FailedPage, FailedView } from '../views.ts';
import { type Context, viewAddress } from './context.ts';
import { many, timeElement } from './format.ts';
import { actionButton, empty, fill, json, lazyDetails, notice, pill } from './ui.ts';

/** Reasons of contract bot §10. */
const REASONS = [
  'self_invoke_failed',
  'post_failed',
  'worker_processing_failed',
  'worker_save_failed',
  'bad_body',
  'send_failed',
  'send_unclear',
  'agent_failed',
  'agent_timeout',
  'status_failed',
];

let reason = '';

/** What was captured for an operator, and back to work with it. */
export function failedView(context: Context, place: HTMLElement): void {
  const list = make('div', {});
  const select = make(
    'select',
    { id: 'reason' },
    make('option', { value: '' }, 'every reason'),
    ...REASONS.map((value) => make('option', { value }, value)),
  );
  select.value = reason;
  const load = (): Promise<void> =>
    fill(list, async () => page(await context.api.failed(reason === '' ? {} : { reason }), context, load));
  select.addEventListener('change', () => {
    reason = select.value;
    void load();
  });
  const refresh = make('button', { type: 'button' }, 'Refresh');
  refresh.addEventListener('click', () => void load());
  const form = make('form', { class: 'search' }, make('label', { for: 'reason' }, 'Reason'), select, refresh);
  form.addEventListener('submit', (event) => event.preventDefault());
  place.replaceChildren(make('section', { class: 'panel', 'aria-label': 'Failed events' }, form, list));
  place.setAttribute('aria-busy', 'false');
  void load();
}

function page(
  { events, total, read }: FailedPage,
  context: Context,
  reload: () => Promise<void>,
): HTMLElement[] {
  const unread =
    total > read ? [notice(`Only the newest ${many(read, 'object')} of ${total} were read.`)] : [];
  if (events.length === 0)
    return [
      ...unread,
      empty(
        reason === ''
          ? 'Nothing was captured in the last 30 days.'
          : `Nothing was captured as ${reason} in the last 30 days.`,
        'Work that cannot be finished is kept here, when CAPTURE_FAILED_EVENTS is on.',
      ),
    ];
  return [...unread, make('ol', { class: 'cards' }, ...events.map((event) => card(event, context, reload)))];
}

function card(event: FailedView, context: Context, reload: () => Promise<void>): HTMLElement {
  const { reason: why, error, capturedAt, eventId, chatId, part, key } = event;
  const whole = lazyDetails('Show the object', async () => [json(await context.api.failedObject({ key }))]);
  return make(
    'li',
    { class: 'card' },
    make(
      'p',
      {},
      pill(why, 'bad'),
      ' ',
      timeElement(capturedAt),
      ...(part === undefined ? [] : [`, part ${part}`]),
    ),
    make('p', { class: 'error-text' }, error),
    make(
      'p',
      { class: 'sub' },
      ...(eventId === undefined
        ? [make('code', {}, key)]
        : [make('a', { href: viewAddress(context, 'trace', eventId) }, `Trace ${eventId}`)]),
      ...(chatId === undefined
        ? []
        : [' · ', make('a', { href: viewAddress(context, 'chats', chatId) }, `Chat ${chatId}`)]),
    ),
    ...(context.site.isWritable && eventId !== undefined ? [actions(why, eventId, context, reload)] : []),
    whole,
  );
}

/** What cannot be given back has no button: there is no work in it. */
function actions(why: string, eventId: string, { api }: Context, reload: () => Promise<void>): HTMLElement {
  const act = (label: string, run: () => Promise<{ done: string }>) =>
    actionButton(label, async () => {
      const { done } = await run();
      // What was done stays readable before the list changes.
      setTimeout(() => void reload(), 2500);
      return done;
    });
  const buttons =
    why === 'send_unclear'
      ? [
          act('It arrived', () => api.settle(eventId, 'sent', false)),
          act('It did not: send it', () => api.settle(eventId, 'resend', false)),
        ]
      : why === 'bad_body' || why === 'status_failed'
        ? []
        : [act('Replay', () => api.giveBack(eventId, false))];
  return make('div', { class: 'actions' }, ...buttons);
}
