import { byId, make, setText, syncList } from '../../../cli/page/dom.ts';
import type { ConsoleMessage, HistoryView } from '../model.ts';
import { stateText, stateTone, timeOfDay } from './format.ts';

const list = byId('messages', HTMLOListElement);
const scroller = byId('scroller', HTMLElement);

/** One bubble: what the user wrote, what came back, or a row of an earlier day. */
interface Bubble {
  readonly key: string;
  readonly atMillis: number;
  readonly side: 'mine' | 'theirs';
  readonly text: string;
  readonly note: string;
  readonly tone: string;
  /** Set for a message whose time line can be shown. */
  readonly message?: ConsoleMessage;
}

/** Shows a chat; the pressed bubble is the one whose time line is shown. */
export function showConversation(
  messages: readonly ConsoleMessage[],
  earlier: HistoryView | undefined,
  selectedId: string | undefined,
  onSelect: (id: string) => void,
): void {
  const bubbles = [...earlierBubbles(earlier, messages), ...messages.flatMap(bubblesOf)];
  const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
  const before = list.childElementCount;
  byId('welcome', HTMLElement).hidden = bubbles.length > 0;
  syncList(
    list,
    bubbles.sort((a, b) => a.atMillis - b.atMillis),
    {
      key: (bubble) => bubble.key,
      create: (bubble) => create(bubble, onSelect),
      update: (element, bubble) => update(element, bubble, selectedId),
    },
  );
  if (wasAtEnd || before !== list.childElementCount) scroller.scrollTop = scroller.scrollHeight;
}

function bubblesOf(message: ConsoleMessage): Bubble[] {
  const { id, text, atMillis, replies } = message;
  const note = `${timeOfDay(atMillis)} · ${stateText(message)}`;
  return [
    { key: id, atMillis, side: 'mine', text, note, tone: stateTone(message), message },
    ...replies.map((reply) => ({
      key: `${id}/${reply.messageId}`,
      atMillis: reply.atMillis,
      side: 'theirs' as const,
      text: reply.text,
      note: timeOfDay(reply.atMillis) + (reply.repeated ? ' · sent again: its first answer was lost' : ''),
      tone: reply.repeated ? 'warn' : 'info',
    })),
  ];
}

/** Rows that were stored before the first message that is known here. */
function earlierBubbles(history: HistoryView | undefined, messages: readonly ConsoleMessage[]): Bubble[] {
  const known = new Set(messages.map(({ eventId }) => eventId));
  const rows = history?.rows ?? [];
  const end = rows.findIndex(({ eventId }) => eventId !== undefined && known.has(eventId));
  return rows.slice(0, end < 0 ? undefined : end).map((row) => ({
    key: `h${row.number}`,
    atMillis: Date.parse(`${row.timestamp.replace(' ', 'T')}Z`) - 1000,
    side: row.role === 'user' ? 'mine' : 'theirs',
    text: row.text,
    note: 'earlier, from the history',
    tone: 'info',
  }));
}

function create({ side, message }: Bubble, onSelect: (id: string) => void): HTMLElement {
  const body = message
    ? make('button', { type: 'button', class: 'bubble' })
    : make('div', { class: 'bubble' });
  body.append(make('span', { class: 'bubble-text' }), make('span', { class: 'bubble-note' }));
  if (message) body.addEventListener('click', () => onSelect(message.id));
  return make('li', { class: side }, body);
}

function update(element: HTMLElement, bubble: Bubble, selectedId: string | undefined): void {
  const [body] = element.children;
  const [text, note] = body?.children ?? [];
  if (text instanceof HTMLElement) setText(text, bubble.text);
  if (note instanceof HTMLElement) setText(note, bubble.note);
  element.dataset.tone = bubble.tone;
  if (bubble.message) body?.setAttribute('aria-pressed', String(bubble.message.id === selectedId));
}

/** Arrow keys go from message to message. */
list.addEventListener('keydown', (event) => {
  const direction = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (direction === undefined) return;
  const buttons = [...list.querySelectorAll('button')];
  const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + direction];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
});
