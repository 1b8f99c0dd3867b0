import { describeError } from '../../core/errors.ts';
import type { ExecutionRecord, ExecutionState } from '../store/execution-record.ts';
import type { StorageAdapter } from '../store/storage.ts';
import type { DetectorPorts } from './ports.ts';

export type JanitorPorts = Pick<DetectorPorts, 'store' | 'storage' | 'clock' | 'log' | 'publication'>;

const HOUR_MILLIS = 3_600_000;
/** A run that is late writes nothing any more after this. */
const REST_MILLIS = 24 * HOUR_MILLIS;
/** Daily passes that may be missed before a folder is left to the bucket's lifecycle. */
const WINDOW_MILLIS = 72 * HOUR_MILLIS;
const ENDED: readonly ExecutionState[] = ['SUCCEEDED', 'PARTIAL', 'REJECTED', 'DEAD'];
const ATTEMPTS = 'attempts/';

/** Removes what attempts that did not win have left, a day after their execution ended. Returns how many files. */
export async function clean(ports: JanitorPorts): Promise<number> {
  const nowMillis = ports.clock.nowMillis();
  let removed = 0;
  const query = {
    updatedFromMillis: nowMillis - WINDOW_MILLIS,
    updatedUntilMillis: nowMillis - REST_MILLIS,
  };
  for (const state of ENDED)
    for await (const record of ports.store.byState(state, query))
      try {
        removed += await cleanExecution(record, ports.storage);
      } catch (error) {
        ports.log.error('janitor_failed', {
          execution_id: record.executionId,
          error: describeError(error),
        });
      }
  ports.log.info('janitor_pass', { removed });
  return removed;
}

async function cleanExecution(record: ExecutionRecord, storage: StorageAdapter): Promise<number> {
  const { executionId, attempt, manifestKey } = record;
  const kept = manifestKey?.slice(0, manifestKey.lastIndexOf('/') + 1) ?? `${ATTEMPTS}${attempt}-`;
  const losers: string[] = [];
  for await (const name of storage.listFiles(executionId, 'attempts'))
    if (!inFolder(name).startsWith(kept)) losers.push(inFolder(name));
  for (const name of losers) await storage.delete(executionId, name);
  return losers.length;
}

const inFolder = (name: string): string => (name.startsWith(ATTEMPTS) ? name : ATTEMPTS + name);

/** Compares executions that ended in the last hours with what lies in the storage; copies what is missing again. */
export async function reconcile(ports: JanitorPorts): Promise<number> {
  const { store, storage, publication, clock, log } = ports;
  let mended = 0;
  const query = { updatedFromMillis: clock.nowMillis() - 2 * HOUR_MILLIS };
  for (const state of ['SUCCEEDED', 'PARTIAL', 'REJECTED'] as const)
    for await (const record of store.byState(state, query)) {
      // Without its date, so that it is copied once more.
      const { publishedAt, ...unpublished } = record;
      const { executionId, manifestKey } = record;
      if (publishedAt === undefined || manifestKey === undefined) continue;
      try {
        if (await storage.exists(executionId, 'manifest.json')) continue;
        await publication.publish(unpublished);
        mended += 1;
        log.warn('publication_mended', { execution_id: executionId });
      } catch (error) {
        log.error('reconcile_failed', { execution_id: executionId, error: describeError(error) });
      }
    }
  log.info('reconcile_pass', { mended });
  return mended;
}
