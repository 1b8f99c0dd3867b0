import { join } from 'node:path';
import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { ClearAllPorts } from './clear-chats.ts';
import type { AdminActions } from './commands.ts';
import type { BotConfig } from './config.ts';
import type { DeliveryTable } from './delivery.ts';

export interface AdminPorts {
  readonly config: BotConfig;
  readonly clock: Clock;
  readonly s3: () => AwsClient;
  readonly objects: ObjectStore;
  readonly delivery: DeliveryTable | undefined;
}

/** What the admin's commands do to every chat, in S3. Their code is loaded when the admin asks. */
export function adminActionsOf(ports: AdminPorts): AdminActions {
  return {
    clearAllChats: async () => (await import('./clear-chats.ts')).clearAllChats(await clearPorts(ports)),
    resetSystem: async () => (await import('./clear-chats.ts')).resetAllChats(await clearPorts(ports)),
  };
}

async function clearPorts({ config, clock, s3, objects, delivery }: AdminPorts): Promise<ClearAllPorts> {
  const [{ s3ObjectVersions }, { historyStore }] = await Promise.all([
    import('../core/object-versions.ts'),
    import('./history-store.ts'),
  ]);
  const { historyPrefix: history, filesPrefix: files, tmpDir, botType: provider } = config;
  return {
    // The turn that runs the command has its own chat's history open in the usual folder.
    histories: historyStore(objects, clock, { prefix: history, tmpDir: join(tmpDir, 'admin') }),
    delivery,
    provider,
    clock,
    objects,
    listing: s3ObjectVersions(s3(), config.bucketName ?? '', clock),
    prefixes: { history, files },
  };
}
