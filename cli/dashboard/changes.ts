import { setTakeOver } from '../../runtime/bot/chat-state.ts';
import { replay, resolve } from '../../runtime/bot/failed-work.ts';
import { type RedriveItem, redrive } from '../../runtime/bot/redrive.ts';
import { publicConfigOf } from '../bot/bot-config.ts';
import { failedWorkOf } from '../bot/failed-bot.ts';
import { senderOf } from '../bot/sender-bot.ts';
import { withHistories } from '../bot/stored.ts';
import type { DeployedBot } from '../deployed-bot.ts';
import type { BotWorld } from '../world.ts';
import type { DashboardChanges } from './data.ts';

/** As far back as `hookline bot failed` looks by default. */
const FAILED_MILLIS = 30 * 86_400_000;

/** The changes by the same code as the commands `takeover`, `send`, `failed` and `redrive`. */
export function changesOf(bot: DeployedBot, world: BotWorld): DashboardChanges {
  const { clock } = world.aws;
  const failedWork = (force: boolean) =>
    failedWorkOf(bot, world, { sinceMillis: clock.nowMillis() - FAILED_MILLIS, force });
  return {
    async takeOver(chatId, untilMillis) {
      await withHistories(bot, world, (histories) => setTakeOver(histories, clock, chatId, untilMillis));
      return untilMillis === undefined
        ? `The bot answers chat ${chatId} again.`
        : `Chat ${chatId} is yours: the bot stores its messages and does not answer.`;
    },
    async answer(chatId, text, key) {
      const { status } = await (await senderOf(bot, world)).send(chatId, text, { key });
      return ANSWERED[status];
    },
    giveBack: async (eventId, force) => replay(eventId, await failedWork(force)),
    settle: async (eventId, verdict, force) => resolve(eventId, verdict, await failedWork(force)),
    async redrive(eventId, force) {
      if (!bot.deadLetterUrl) throw new Error('The dead-letter queue was not found by its name.');
      const options = {
        deadLetterUrl: bot.deadLetterUrl,
        target: bot.queueUrl ? { queueUrl: bot.queueUrl } : { functionName: bot.workerAlias },
        dedupeTtlSeconds: publicConfigOf(bot).dedupeTtlSeconds,
        force,
        ...(eventId !== undefined && { filter: (job: { event_id: string }) => job.event_id === eventId }),
      };
      return redriven(await redrive(options, await world.redriveClients()));
    },
  };
}

const ANSWERED = {
  sent: 'Sent.',
  duplicate: 'It was sent before.',
  unclear: 'It may or may not have arrived. Send it again in a minute: it goes out at most once more.',
} as const;

/** What became of the dead letters that were asked for, in a sentence. */
function redriven(items: readonly RedriveItem[]): string {
  const asked = items.filter(({ outcome }) => outcome !== 'filtered' && outcome !== 'unseen');
  const back = asked.filter(({ outcome }) => outcome === 'redriven').length;
  const stayed = asked.filter(({ outcome }) => outcome !== 'redriven');
  const reasons = [...new Set(stayed.map(({ outcome, error }) => error ?? REASONS[outcome] ?? outcome))];
  const rest = stayed.length === 0 ? '' : ` ${stayed.length} stay: ${reasons.join('; ')}.`;
  return `${back} of ${asked.length} dead letters were given back.${rest}`;
}

const REASONS: Partial<Record<RedriveItem['outcome'], string>> = {
  'too-old':
    'older than the dedupe time, so it may be answered a second time; force gives it back all the same',
  unreadable: 'it holds no job of hookline',
};
