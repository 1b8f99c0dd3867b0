import { make } from '../../page/dom.ts';
import type { BlockView, EventView, RowView } from '../views.ts';
import { type Context, viewAddress } from './context.ts';
import { many, timeElement, usageText } from './format.ts';
import { json, lazyDetails, pill } from './ui.ts';

/** One row of a history: who, when, what, and behind it blocks and metadata as they are stored. */
export function rowElement(
  row: RowView,
  event: EventView | undefined,
  context: Context,
  replay: (eventId: string) => void,
): HTMLElement {
  const { role, type, model, usage, at, eventId, blocks } = row;
  const note: (Node | string)[] = [make('strong', {}, role), timeElement(at, 'full')];
  if (model !== undefined) note.push(make('span', {}, model));
  if (usage) note.push(make('span', { class: 'usage' }, usageText(usage)));
  if (event) note.push(...eventNotes(event));
  return make(
    'li',
    { class: 'row', 'data-side': type === 'user' ? 'user' : type === 'developer' ? 'person' : 'bot' },
    make(
      'div',
      { class: 'bubble' },
      ...blocks.map(blockElement),
      make('p', { class: 'note' }, ...note),
      make(
        'div',
        { class: 'row-actions' },
        ...(eventId === undefined
          ? []
          : [make('a', { href: viewAddress(context, 'trace', eventId) }, 'Trace')]),
        ...(event ? [replayButton(event.eventId, replay)] : []),
        lazyDetails('Blocks and metadata', async () => [json(blocks.map(({ text: _, ...block }) => block))]),
      ),
    ),
  );
}

function eventNotes({ rule, parts, carriedBy }: EventView): HTMLElement[] {
  const tone = rule === 'agent' || rule === 'command' ? 'good' : 'warn';
  const kept = parts.length > 0 ? `, ${many(parts.length, 'part')} kept` : '';
  return [
    pill(`rule ${rule}${kept}`, tone),
    ...(carriedBy === undefined ? [] : [make('span', {}, `answered with ${carriedBy}`)]),
  ];
}

function replayButton(eventId: string, replay: (eventId: string) => void): HTMLElement {
  const button = make('button', { type: 'button', class: 'quiet' }, 'Replay');
  button.addEventListener('click', () => replay(eventId));
  return button;
}

/** Media stand there by kind and reference: nothing is fetched from hosts that a message names. */
function blockElement({ type, text, content }: BlockView): HTMLElement {
  if (text !== undefined) return make('p', { class: 'text' }, text);
  return make(
    'p',
    { class: 'medium' },
    make('span', { class: 'kind' }, type),
    ' ',
    make('code', {}, reference(content)),
  );
}

function reference(content: unknown): string {
  if (typeof content !== 'object' || content === null) return JSON.stringify(content) ?? '';
  const { b64, ...rest } = content as Readonly<Record<string, unknown>>;
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`);
  return [...parts, ...(typeof b64 === 'string' ? [`${b64.length} characters of base64`] : [])].join(', ');
}
