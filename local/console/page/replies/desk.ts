import { byId, make, setText, syncList } from '../../../../cli/page/dom.ts';
import type { CriticalLine, HandOffView } from '../../replies/model.ts';
import { onEnter } from '../composer.ts';
import { timeWithSeconds } from '../format.ts';

const at = (iso: string) => (Number.isNaN(Date.parse(iso)) ? iso : timeWithSeconds(Date.parse(iso)));

/** The messages that wait for a person, each with a box for the answer. */
export function showHandOffs(
  handOffs: readonly HandOffView[],
  onAnswer: (id: string, text: string) => Promise<unknown>,
): void {
  byId('no-handoffs', HTMLElement).hidden = handOffs.length > 0;
  syncList(byId('handoffs', HTMLOListElement), handOffs, {
    key: ({ id }) => id,
    create: (handOff) => handOffItem(handOff, onAnswer),
    // Numbers are masked or not as the person likes.
    update: (element, { number, text, draft }) => {
      for (const [name, words] of Object.entries({ number, text, draft: draft ?? '' })) {
        const place = element.querySelector(`[data-words="${name}"]`);
        if (place instanceof HTMLElement) setText(place, words);
      }
    },
  });
}

function handOffItem(
  { id, name, receivedAt, reason, draft }: HandOffView,
  onAnswer: (id: string, text: string) => Promise<unknown>,
): HTMLElement {
  const box = make('textarea', {
    id: `answer-${id}`,
    rows: '1',
    maxlength: '1500',
    placeholder: 'Answer as a person; then the engine goes on',
  });
  const send = make('button', { type: 'submit', class: 'primary' }, 'Answer');
  const form = make(
    'form',
    { class: 'answer' },
    make('label', { class: 'hidden', for: box.id }, `Answer to ${name}`),
    box,
    send,
  );
  onEnter(box, () => form.requestSubmit());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (box.value.trim() === '' || send.disabled) return;
    send.disabled = true;
    void onAnswer(id, box.value).finally(() => {
      send.disabled = false;
    });
  });
  return make(
    'li',
    {},
    make(
      'p',
      { class: 'meta' },
      make('strong', {}, name),
      make('span', { 'data-words': 'number' }),
      make('span', {}, at(receivedAt)),
      make('span', {}, reason),
    ),
    make('p', { class: 'words', 'data-words': 'text' }),
    ...(draft
      ? [make('p', { class: 'draft' }, 'Unsent draft: ', make('span', { 'data-words': 'draft' }))]
      : []),
    form,
  );
}

/** What an alarm would have told an operator, the newest first. */
export function showCritical(lines: readonly CriticalLine[]): void {
  byId('no-critical', HTMLElement).hidden = lines.length > 0;
  syncList(byId('critical', HTMLOListElement), lines.toReversed(), {
    key: ({ key }) => key,
    create: ({ at: time, event, functionName, detail }) =>
      make(
        'li',
        {},
        make('p', { class: 'meta' }, make('strong', {}, event), at(time), make('code', {}, functionName)),
        make('p', { class: 'words' }, detail),
      ),
  });
}
