import type { BotView } from '../model.ts';
import { PROVIDER_NAMES, timeWithSeconds } from './format.ts';
import { type Notice, showNoticeList } from './notice-list.ts';

/** Above the message field: what fails at the moment, what lies in the dead-letter queue, and how to mend it. */
export function showNotices(
  bot: BotView,
  connected: boolean,
  actions: { repair(): void; redrive(): void },
): void {
  const fault = bot.faults.find(({ id }) => id === bot.activeFault);
  const dead = bot.depth.deadLetters ?? 0;
  const notices: Notice[] = [
    ...(connected ? [] : [LOST]),
    ...(connected && bot.staleSinceMillis !== undefined ? [stale(bot.staleSinceMillis)] : []),
    ...(fault
      ? [
          {
            key: `fault ${fault.id}`,
            tone: 'warn',
            text: `${capital(PROVIDER_NAMES[bot.channel])}: ${fault.title.toLowerCase()}`,
            button: { title: 'Repair it', act: actions.repair },
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
            button: { title: 'Bring back', act: actions.redrive },
          },
        ]
      : []),
  ];
  showNoticeList(notices);
}

const LOST: Notice = {
  key: 'lost',
  tone: 'bad',
  text: 'The stand does not answer. Is npm start still running?',
  button: { title: 'Reload', act: () => location.reload() },
};

const stale = (sinceMillis: number): Notice => ({
  key: `stale ${sinceMillis}`,
  tone: 'bad',
  text: `No news from the functions since ${timeWithSeconds(sinceMillis)}. The emulator does not answer.`,
});

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
