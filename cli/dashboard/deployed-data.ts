import { chatOfKey } from '../../runtime/bot/job.ts';
import { readStoredHistory } from '../../runtime/bot/stored-history.ts';
import { peekDeadLetters } from '../../runtime/bot/trace/letter-source.ts';
import { readSsmParameter } from '../../runtime/core/parameters.ts';
import { publicConfigOf } from '../bot/bot-config.ts';
import { bucketOf } from '../bot/stored.ts';
import { traceOf } from '../bot/trace-bot.ts';
import type { DeployedBot } from '../deployed-bot.ts';
import type { BotWorld } from '../world.ts';
import { readFailed, readFailedObject } from './captured.ts';
import { changesOf } from './changes.ts';
import type { DashboardData } from './data.ts';
import { readLocks } from './locks.ts';
import { readQueues } from './queues.ts';
import { type GivenAgent, NO_AGENT, replayView } from './replay-view.ts';
import { readSettings } from './settings.ts';

/** Reads a deployed bot's own resources. Nothing is asked for before somebody looks at it. */
export async function deployedData(
  bot: DeployedBot,
  world: BotWorld,
  { agent, getKey }: GivenAgent = NO_AGENT,
): Promise<DashboardData> {
  const { aws } = world;
  const { clock } = aws;
  const config = publicConfigOf(bot);
  const { objects, versions, prefixes } = await bucketOf(bot, world);
  const captured = { objects, versions, prefix: prefixes.failedEvents };
  const history = (chatId: string) =>
    readStoredHistory(chatId, objects, {
      prefix: prefixes.history,
      rowLimit: Number.MAX_SAFE_INTEGER,
      clock,
    });
  return {
    bot: { name: bot.name, provider: config.botType, region: bot.region, busyPolicy: config.busyPolicy },
    history,
    async chats() {
      const listed = await versions.list(`${prefixes.history}/`);
      return listed.flatMap((object) => {
        const chatId = chatOfKey(object.key, prefixes.history);
        return chatId === undefined ? [] : [{ ...object, chatId }];
      });
    },
    trace: (id, sinceMillis) => traceOf(id, sinceMillis, bot, world),
    failed: (sinceMillis, reason) => readFailed(captured, sinceMillis, reason),
    failedObject: (key) => readFailedObject(captured, key),
    queues: async () => readQueues(bot, await aws.sqs(), clock),
    async deadLetters() {
      if (!bot.deadLetterUrl)
        return { letters: [], note: 'The dead-letter queue was not found by its name.' };
      const { value, note } = await peekDeadLetters(await aws.sqs(), bot.deadLetterUrl, clock);
      const letters = value.toSorted((a, b) => (a.sentAt < b.sentAt ? -1 : 1));
      return { letters, ...(note !== undefined && { note }) };
    },
    async locks() {
      const table = config.locksTableName;
      return table ? readLocks(await aws.dynamodb(), table, clock) : { locks: [], looked: 0, hasMore: false };
    },
    settings: () =>
      readSettings(bot.environment, async (name) => readSsmParameter(await aws.ssm(), clock, name)),
    async replay(chatId, eventId) {
      const stored = await history(chatId);
      return replayView(stored, chatId, eventId, { config, agent, getKey });
    },
    changes: changesOf(bot, world),
  };
}
