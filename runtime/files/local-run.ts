import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../core/clock.ts';
import { jsonLog } from '../core/log.ts';
import { type AfterRun, withSecrets } from './after-run.ts';
import { FilesError } from './errors.ts';
import { readEvent } from './event/event.ts';
import { freeBytesOf } from './free-bytes.ts';
import type { Locale } from './messages.ts';
import { fileProcessor } from './run/file-processor.ts';
import type { RunOutcome } from './run/outcome.ts';
import { storedPublication } from './run/publication.ts';
import { runExecution } from './run/run-execution.ts';
import { createStores, type StoresConfig, type StoresPorts } from './store/create-stores.ts';
import { filesMetrics } from './store/metrics.ts';
import type { SecretsClient } from './use-secret.ts';

/** What a run on a host is told; everything in it can be copied into a worker thread. */
export interface LocalSettings {
  readonly stores: StoresConfig;
  readonly environmentName: string;
  readonly locale: Locale;
  /** Each run has a folder of its own in it. */
  readonly temporaryFolder: string;
  /** That one run may use, in MB. */
  readonly memoryMb: number;
}

export interface LocalRunPorts extends Pick<StoresPorts, 's3' | 'dynamodb' | 'presign'> {
  /** Where log and metric lines go. */
  readonly write: (line: string) => void;
  /** A step of your own after a delivery without errors. */
  readonly afterRun?: AfterRun;
  /** Client of Secrets Manager for that step; without it `useSecret` throws. */
  readonly secretsManager?: SecretsClient;
}

/** Runs one event on this host: the same run as in Lambda, with the lock's heartbeat (contract files §2). */
export async function runLocally(
  value: object,
  settings: LocalSettings,
  { write, afterRun, secretsManager, ...clients }: LocalRunPorts,
  drain: AbortSignal,
): Promise<RunOutcome> {
  const { event, problems } = readEvent(value);
  if (!event) throw new Error(`The event has ${problems.length} problems.`);
  const clock = systemClock;
  const nowMillis = () => clock.nowMillis();
  const log = jsonLog(write, nowMillis, {}, { nameField: 'event' });
  const metrics = filesMetrics(write, nowMillis, settings.environmentName);
  const stores = await createStores(settings.stores, { ...clients, clock, log, metrics, target: 'local' });
  const { storage, lock, executions: store } = stores;
  const ownerId = randomUUID();
  // Two owners of one attempt may be on this host: each has its own folder.
  const temporaryFolder = path.join(settings.temporaryFolder, ownerId);
  try {
    return await runExecution(
      { event, ownerId, drain },
      {
        storage,
        lock,
        store,
        clock,
        log,
        metrics: metrics.local,
        publication: storedPublication({ storage, store, clock, log }),
        process: fileProcessor(settings.memoryMb),
        target: 'local',
        locale: settings.locale,
        temporaryFolder,
        freeBytes: () => freeBytesOf(temporaryFolder),
        newId: randomUUID,
        ...withSecrets(afterRun, clock, secretsManager ?? noSecrets),
      },
    );
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
    stores.close();
  }
}

function noSecrets(): never {
  throw new FilesError('SECRET_UNREADABLE', 'hold', { cause: 'this host has no client' });
}
