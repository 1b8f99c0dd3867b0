import { byId, make, setText, syncList } from '../../../cli/page/dom.ts';
import type { ConsoleMessage, HistoryView, Place, Step } from '../model.ts';
import { duration, excerpt, stateText, stateTone } from './format.ts';

const STATIONS: readonly (readonly [Place, string])[] = [
  ['webhook', 'Webhook'],
  ['ingress', 'Ingress'],
  ['hand-off', 'Hand-off'],
  ['worker', 'Worker'],
  ['provider', 'Provider'],
];

const PLACE_NAMES: Readonly<Record<Place, string>> = {
  ...(Object.fromEntries(STATIONS) as Record<Place, string>),
  'dead-letter': 'Dead letters',
};

/** Shows all that is known of a message. */
export function showTimeline(message: ConsoleMessage | undefined): void {
  byId('placeholder', HTMLElement).hidden = message !== undefined;
  byId('trace-body', HTMLElement).hidden = message === undefined;
  if (!message) return;
  setText(byId('quote', HTMLElement), `“${excerpt(message.text)}”`);
  const state = byId('state', HTMLElement);
  setText(state, stateText(message));
  state.dataset.tone = stateTone(message);
  showStations(message);
  showSteps(message);
  showFacts(message);
}

function showStations({ steps, atMillis }: ConsoleMessage): void {
  syncList(byId('stations', HTMLOListElement), STATIONS, {
    key: ([place]) => place,
    create: ([, name]) =>
      make('li', {}, make('span', { class: 'dot' }), make('span', {}, name), make('small')),
    update: (element, [place]) => {
      const here = steps.filter((step) => step.place === place);
      const first = here[0];
      element.dataset.tone = here.at(-1)?.tone ?? 'none';
      const time = element.querySelector('small');
      if (time) setText(time, first ? offset(first, atMillis) : 'not yet');
    },
  });
}

const offset = (step: Step, startMillis: number) => `+${duration(step.atMillis - startMillis)}`;

function showSteps({ steps, atMillis, traceIds, id }: ConsoleMessage): void {
  syncList(byId('steps', HTMLOListElement), steps, {
    key: (step) => `${id} ${step.atMillis} ${step.place} ${step.title}`,
    create: (step) => {
      const delivery = step.traceId ? traceIds.indexOf(step.traceId) : -1;
      const line = make(
        'li',
        { class: 'step', 'data-tone': step.tone, 'data-place': step.place },
        make('span', { class: 'offset' }, offset(step, atMillis)),
        make('span', { class: 'dot' }),
        make(
          'span',
          { class: 'what' },
          make('span', { class: 'title' }, step.title),
          make('span', { class: 'place' }, PLACE_NAMES[step.place]),
          ...(delivery > 0 ? [make('span', { class: 'place' }, `delivery ${delivery + 1}`)] : []),
          ...(step.detail ? [make('span', { class: 'detail' }, step.detail)] : []),
        ),
      );
      return line;
    },
  });
}

function showFacts({ eventId, traceIds, replies, user, atMillis, id }: ConsoleMessage): void {
  const rows: (readonly [string, string])[] = [
    ['Event', eventId],
    ...traceIds.map((traceId, index) => [index === 0 ? 'Trace' : `Trace ${index + 1}`, traceId] as const),
    ['Chat', user],
    ...replies.map(
      ({ messageId }, index) => [index === 0 ? 'Reply' : `Reply ${index + 1}`, messageId] as const,
    ),
    ['Sent', new Date(atMillis).toISOString()],
  ];
  syncList(byId('facts', HTMLDListElement), rows, {
    key: ([name, value]) => `${id} ${name} ${value}`,
    create: ([name, value]) => {
      const copy = make(
        'button',
        { type: 'button', class: 'copy', 'aria-label': `Copy ${name.toLowerCase()}` },
        'Copy',
      );
      copy.addEventListener('click', () => void copyText(copy, value));
      return make('div', {}, make('dt', {}, name), make('dd', {}, make('code', {}, value), copy));
    },
  });
}

async function copyText(button: HTMLButtonElement, text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  button.textContent = 'Copied';
  setTimeout(() => {
    button.textContent = 'Copy';
  }, 1500);
}

/** Shows the chat's stored history beneath the time line. */
export function showHistory(history: HistoryView | undefined): void {
  const size = history
    ? `${history.key}, ${history.rows.length} rows, ${Math.ceil(history.bytes / 1024)} KB`
    : 'nothing stored yet';
  setText(byId('history-size', HTMLElement), size);
  syncList(byId('history-rows', HTMLElement), [...(history?.rows ?? [])].reverse(), {
    key: ({ number, timestamp }) => `${history?.key} ${number} ${timestamp}`,
    create: ({ number, role, text, timestamp }) =>
      make(
        'tr',
        {},
        make('td', {}, String(number)),
        make('td', {}, role),
        make('td', {}, excerpt(text, 200)),
        make('td', {}, timestamp.slice(11)),
      ),
  });
}
