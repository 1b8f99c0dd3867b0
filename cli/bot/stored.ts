import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readBotPrefixes } from '../../runtime/bot/config.ts';
import type { HistoryStore } from '../../runtime/bot/history-store.ts';
import type { DeployedBot } from '../deployed-bot.ts';
import { type BotWorld, needing } from '../world.ts';

/** Gives `use` the bot's histories, which are worked on in a folder of their own. */
export async function withHistories<T>(
  bot: DeployedBot,
  world: BotWorld,
  use: (histories: HistoryStore) => Promise<T>,
): Promise<T> {
  const { objects, prefixes } = await bucketOf(bot, world);
  const { historyStore } = await import('../../runtime/bot/history-store.ts');
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-'));
  try {
    return await use(historyStore(objects, world.aws.clock, { prefix: prefixes.history, tmpDir: folder }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A deployed bot's bucket, opened. */
export async function bucketOf(bot: DeployedBot, { aws }: BotWorld) {
  const [{ s3ObjectStore }, { s3ObjectVersions }] = await needing(['@aws-sdk/client-s3'], () =>
    Promise.all([
      import('../../runtime/core/object-store.ts'),
      import('../../runtime/core/object-versions.ts'),
    ]),
  );
  const s3 = await aws.s3();
  const prefixes = readBotPrefixes(bot.environment);
  return {
    objects: s3ObjectStore(s3, bot.bucket, aws.clock),
    versions: s3ObjectVersions(s3, bot.bucket, aws.clock),
    prefixes,
  };
}
