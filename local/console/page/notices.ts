import { byId, make, syncList } from '../../../cli/page/dom.ts';
import type { BotView } from '../model.ts';
import { PROVIDER_NAMES, timeWithSeconds } from './format.ts';

interface Notice {
  readonly key: string;
  readonly tone: string;
  readonly text: string;
  readonly action?: string;
  act?(): void;
}

/** Above the message field: what fails at the moment, what lies in the dead-letter queue, and how to mend it. */
export function showNotices(
  bot: BotView,
  connected: boolean,
  actions: { repair(): void; redrive(): void },
): void {
  const fault = bot.faults.find(({ id }) => id === bot.activeFault);
  const dead = bot.depth.deadLetters ?? 0;
  const notices: Notice[] = [
    ...(connected ? [] : [{ ...LOST, act: () => location.reload() }]),
    ...(connected && bot.staleSinceMillis !== undefined ? [stale(bot.staleSinceMillis)] : []),
    ...(fault
      ? [
          {
            key: `fault ${fault.id}`,
            tone: 'warn',
            text: `${capital(PROVIDER_NAMES[bot.channel])}: ${fault.title.toLowerCase()}`,
            action: 'Repair it',
            act: actions.repair,
          },
        ]
      : []),
    ...(dead > 0
      ? [
          {
            key: `dead ${dead}`,
            tone: 'bad',
            text:
              dead === 1
                ? '1 message lies in the dead-letter queue'
                : `${dead} messages lie in the dead-letter queue`,
            action: 'Bring back',
            act: actions.redrive,
          },
        ]
      : []),
  ];
  syncList(byId('notices', HTMLElement), notices, {
    key: ({ key }) => key,
    create: ({ tone, text, action, act }) => {
      const notice = make('p', { 'data-tone': tone }, make('span', {}, text));
      if (!action || !act) return notice;
      const button = make('button', { type: 'button' }, action);
      button.addEventListener('click', act);
      notice.append(button);
      return notice;
    },
  });
}

const LOST = {
  key: 'lost',
  tone: 'bad',
  text: 'The stand does not answer. Is npm start still running?',
  action: 'Reload',
};

const stale = (sinceMillis: number): Notice => ({
  key: `stale ${sinceMillis}`,
  tone: 'bad',
  text: `No news from the functions since ${timeWithSeconds(sinceMillis)}. The emulator does not answer.`,
});

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
