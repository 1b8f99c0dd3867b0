import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { ClearAllPorts } from './clear-chats.ts';
import type { AdminActions } from './commands.ts';
import type { BotConfig } from './config.ts';
import type { DeliveryTable } from './delivery.ts';
import type { HistoryStore } from './history-store.ts';

export interface AdminPorts {
  readonly config: BotConfig;
  readonly clock: Clock;
  readonly s3: () => AwsClient;
  readonly objects: ObjectStore;
  readonly histories: HistoryStore;
  readonly delivery: DeliveryTable | undefined;
}

/** What the admin's commands do to every chat, in S3. Their code is loaded when the admin asks. */
export function adminActionsOf(ports: AdminPorts): AdminActions {
  return {
    clearAllChats: async () => (await import('./clear-chats.ts')).clearAllChats(await clearPorts(ports)),
    resetSystem: async () => (await import('./clear-chats.ts')).resetAllChats(await clearPorts(ports)),
  };
}

async function clearPorts(ports: AdminPorts): Promise<ClearAllPorts> {
  const { config, clock, s3, objects, histories, delivery } = ports;
  const { s3ObjectVersions } = await import('../core/object-versions.ts');
  const { historyPrefix: history, filesPrefix: files, botType: provider } = config;
  const listing = s3ObjectVersions(s3(), config.bucketName ?? '', clock);
  return { histories, delivery, provider, clock, objects, listing, prefixes: { history, files } };
}
