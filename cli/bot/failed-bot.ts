import type { FailedWork } from '../../runtime/bot/failed-work.ts';
import { traceparentOf } from '../../runtime/core/trace-context.ts';
import type { DeployedBot } from '../deployed-bot.ts';
import type { BotWorld } from '../world.ts';
import { publicConfigOf, readConfigOf } from './bot-config.ts';
import { bucketOf } from './stored.ts';

/** The captured events of a bot. */
export async function capturedOf(bot: DeployedBot, world: BotWorld) {
  const { capturedEvents } = await import('../../runtime/bot/captured-events.ts');
  const config = publicConfigOf(bot);
  const { objects, versions } = await bucketOf(bot, world);
  const options = { prefix: config.failedEventsPrefix, provider: config.botType, clock: world.aws.clock };
  return { objects, captured: capturedEvents({ objects, versions, ...options }) };
}

/** What giving failed work back to a bot needs. Throws when it has no lock table. */
export async function failedWorkOf(
  bot: DeployedBot,
  world: BotWorld,
  { sinceMillis, force }: Pick<FailedWork, 'sinceMillis' | 'force'>,
): Promise<FailedWork> {
  const { aws } = world;
  const { objects, captured } = await capturedOf(bot, world);
  const { config } = await readConfigOf(bot, aws);
  const table = config.locksTableName;
  if (!table) throw new Error('The bot has no lock table, so nothing can be noted of a part.');
  const [{ dynamoSettlement }, { readStoredHistory }] = await Promise.all([
    import('../../runtime/bot/settle.ts'),
    import('../../runtime/bot/stored-history.ts'),
  ]);
  const options = { prefix: config.historyPrefix, rowLimit: 1, clock: aws.clock };
  return {
    config,
    captured,
    objects,
    settlement: dynamoSettlement(await aws.dynamodb(), table, aws.clock, config.dedupeTtlSeconds),
    deadLetterUrl: bot.deadLetterUrl,
    target: bot.queueUrl ? { queueUrl: bot.queueUrl } : { functionName: bot.workerAlias },
    clients: await world.redriveClients(),
    traceparent: traceparentOf(undefined),
    sinceMillis,
    force,
    ledgerRow: async (chatId, eventId) => {
      const stored = await readStoredHistory(chatId, objects, options);
      return stored?.ledger.find((row) => row.eventId === eventId);
    },
  };
}
