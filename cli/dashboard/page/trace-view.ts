import type { MessageTrace, SourceReport, TraceAnswer, TraceStep } from '../../../runtime/bot/trace/model.ts';
import { STEP_WORDS } from '../../bot/trace-words.ts';
import { make } from '../../page/dom.ts';
import { type Context, viewAddress } from './context.ts';
import { many, timeElement } from './format.ts';
import { empty, fill, notice, pill } from './ui.ts';

const PERIODS: Readonly<Record<string, string>> = {
  '1h': 'the last hour',
  '1d': 'the last day',
  '7d': '7 days',
  '30d': '30 days',
};

let period = '7d';

/** What became of a message or of a chat's messages, and the rule that decided. */
export function traceView(context: Context, place: HTMLElement): void {
  const result = make('div', { class: 'traces' });
  const id = make('input', {
    id: 'trace-id',
    autocomplete: 'off',
    placeholder: 'wamid.…, 123456789 or a chat id',
    value: context.subject ?? '',
  });
  const since = make(
    'select',
    { id: 'trace-since' },
    ...Object.entries(PERIODS).map(([value, text]) => make('option', { value }, text)),
  );
  since.value = period;
  const form = make(
    'form',
    { class: 'search' },
    make('label', { for: 'trace-id' }, 'Event, message or chat id'),
    id,
    make('label', { for: 'trace-since' }, 'Since'),
    since,
    make('button', { type: 'submit', class: 'primary' }, 'Trace'),
  );
  const run = (subject: string) =>
    fill(result, async () =>
      answer(await context.api.trace({ id: subject, since: period }), subject, context),
    );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    period = since.value;
    const subject = id.value.trim();
    if (subject === '') return id.focus();
    if (subject === context.subject) void run(subject);
    else location.hash = viewAddress(context, 'trace', subject);
  });
  place.setAttribute('aria-busy', 'false');
  place.replaceChildren(make('section', { class: 'panel', 'aria-label': 'Trace' }, form, result));
  if (context.subject !== undefined) void run(context.subject);
  else
    result.replaceChildren(
      empty(
        'Every message in a conversation links to its trace.',
        'Or write the platform’s event id, its message id, or a chat.',
      ),
    );
}

function answer({ found, sources }: TraceAnswer, id: string, context: Context): HTMLElement[] {
  const unread = sources.filter(({ status }) => status !== 'read').map(sourceNotice);
  if (!found)
    return [empty(`Nothing is known of ${id} in this time.`, 'A longer time looks further back.'), ...unread];
  const leftOut =
    found.leftOut > 0
      ? [notice(`${many(found.leftOut, 'older message')} left out: trace them by their ids.`)]
      : [];
  return [
    ...leftOut,
    ...found.messages.toReversed().map((message) => messageElement(message, context)),
    ...unread,
  ];
}

const sourceNotice = ({ source, status, note }: SourceReport): HTMLElement =>
  notice(`${source}: ${status === 'unread' ? 'could not be read' : 'read in part'}. ${note ?? ''}`, 'warn');

function messageElement({ eventId, chatId, steps, verdict }: MessageTrace, context: Context): HTMLElement {
  return make(
    'article',
    { class: 'message' },
    make('h3', {}, make('code', {}, eventId)),
    make(
      'p',
      { class: 'verdict' },
      pill(verdict.outcome.replaceAll('_', ' '), toneOf(verdict.outcome)),
      ' ',
      verdict.sentence,
    ),
    ...(chatId === undefined
      ? []
      : [
          make(
            'p',
            { class: 'sub' },
            'Chat ',
            make('a', { href: viewAddress(context, 'chats', chatId) }, chatId),
          ),
        ]),
    make('ol', { class: 'steps' }, ...steps.map(stepElement)),
  );
}

const GOOD: ReadonlySet<string> = new Set([
  'answered',
  'resumed',
  'merged',
  'no_reply',
  'stored',
  'duplicate',
]);
const BAD: ReadonlySet<string> = new Set([
  'dead',
  'refused',
  'held',
  'not_handed_off',
  'undelivered',
  'error_told',
]);

const toneOf = (outcome: string) => (GOOD.has(outcome) ? 'good' : BAD.has(outcome) ? 'bad' : 'warn');

const TONES: Readonly<Partial<Record<TraceStep['kind'], string>>> = {
  failed: 'bad',
  dead_letter: 'bad',
  captured: 'bad',
  delivery_failed: 'bad',
  hand_off_failed: 'bad',
  part_refused: 'warn',
  ignored: 'warn',
  skipped: 'warn',
  part_accepted: 'good',
  part_delivered: 'good',
  part_read: 'good',
  done: 'good',
};

function stepElement({ at, kind, attempt, part, rule, detail, source }: TraceStep): HTMLElement {
  const word = part === undefined ? STEP_WORDS[kind] : `part ${part} ${STEP_WORDS[kind]}`;
  const why = [attempt !== undefined && `attempt ${attempt}`, rule && `rule ${rule}`, detail].filter(Boolean);
  return make(
    'li',
    { class: 'step', 'data-tone': TONES[kind] ?? 'info' },
    make('span', { class: 'offset' }, at === undefined ? 'no time' : timeElement(at, 'clock')),
    make('span', { class: 'dot' }),
    make(
      'span',
      { class: 'what' },
      make('span', { class: 'title' }, word),
      make('span', { class: 'place' }, source),
      ...(why.length > 0 ? [make('span', { class: 'detail' }, why.join(', '))] : []),
    ),
  );
}
