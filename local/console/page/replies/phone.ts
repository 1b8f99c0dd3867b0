import { byId, make, setText, syncList } from '../../../../cli/page/dom.ts';
import type { FaultView, PhoneMessage, RepliesView } from '../../replies/model.ts';
import { timeOfDay } from '../format.ts';
import { type Notice, showNoticeList } from '../notice-list.ts';

const list = byId('messages', HTMLOListElement);
const scroller = byId('scroller', HTMLElement);

/** The person's phone; new messages come into view. */
export function showPhone(messages: readonly PhoneMessage[]): void {
  const before = list.childElementCount;
  byId('welcome', HTMLElement).hidden = messages.length > 0;
  syncList(list, messages, {
    key: ({ key }) => key,
    create: ({ side }) =>
      make(
        'li',
        { class: side },
        make(
          'div',
          { class: 'bubble' },
          make('span', { class: 'bubble-text' }),
          make('span', { class: 'bubble-note' }),
        ),
      ),
    update: (element, { text, status, atMillis, tone }) => {
      const [words, note] = element.firstElementChild?.children ?? [];
      if (words instanceof HTMLElement) setText(words, text);
      if (note instanceof HTMLElement) setText(note, `${timeOfDay(atMillis)} · ${status}`);
      element.dataset.tone = tone;
    },
  });
  if (before !== list.childElementCount) scroller.scrollTop = scroller.scrollHeight;
}

interface NoticeActions {
  onRepair(provider: FaultView['provider']): void;
  onRedrive(): void;
}

/** What fails at the moment and what lies in the dead-letter queue, with the buttons that mend it. */
export function showNotices(
  { faults, activeFaults, depths }: Pick<RepliesView, 'faults' | 'activeFaults' | 'depths'>,
  lost: string | undefined,
  { onRepair, onRedrive }: NoticeActions,
): void {
  const active = faults.filter(({ id }) => activeFaults.includes(id));
  const notices: readonly Notice[] = [
    ...(lost === undefined ? [] : [{ key: 'lost', tone: 'bad', text: lost }]),
    ...active.map(({ id, title, provider }) => ({
      key: id,
      tone: 'warn',
      text: title,
      button: { title: 'Repair it', act: () => onRepair(provider) },
    })),
    ...(depths.deadLetters === 0
      ? []
      : [
          {
            key: `dead ${depths.deadLetters}`,
            tone: 'bad',
            text: `Triggers in the dead-letter queue: ${depths.deadLetters}`,
            button: { title: 'Bring back', act: onRedrive },
          },
        ]),
  ];
  showNoticeList(notices);
}
