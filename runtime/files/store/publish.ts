import { posix } from 'node:path';
import type { Log } from '../../core/log.ts';
import { NotFoundError } from './errors.ts';
import type { ExecutionRecord } from './execution-record.ts';
import type { ExecutionStore } from './execution-store.ts';
import { readManifest } from './manifest.ts';
import { attemptFolder } from './paths.ts';
import type { StorageAdapter } from './storage.ts';

export interface PublishPorts {
  readonly storage: StorageAdapter;
  readonly executions: ExecutionStore;
  readonly log: Log;
}

const ERROR_LOG = 'error.log';
const MANIFEST = 'manifest.json';

/**
 * Copies what the record's manifest names to the plain names and notes that this is done. It may be repeated, by
 * anybody, until it is: the manifest of a record never changes (contract files §3.2). False when it was noted before.
 */
export async function publish(ports: PublishPorts, record: ExecutionRecord): Promise<boolean> {
  const { storage, executions, log } = ports;
  const { executionId, manifestKey } = record;
  if (manifestKey === undefined || record.publishedAt !== undefined) return false;
  const folder = posix.dirname(manifestKey);
  const { outputs } = await readManifest(storage, executionId, manifestKey);
  const names = outputs.map(({ name }) => name);
  const taken = ownInputs(record);
  // The manifest last: who finds it among the plain names finds all others.
  for (const name of [...names, MANIFEST]) {
    if (taken.has(name)) log.warn('publish_name_taken', { execution_id: executionId });
    else await storage.copy(executionId, `${folder}/${name}`, name);
  }
  if (!names.includes(ERROR_LOG) && !taken.has(ERROR_LOG)) await storage.delete(executionId, ERROR_LOG);
  return executions.markPublished(record);
}

/** Shows the error log of a failed attempt under its plain name; a later good attempt takes it away. */
export async function publishErrorLog(storage: StorageAdapter, record: ExecutionRecord): Promise<void> {
  const { executionId, attempt, ownerId } = record;
  if (ownerId === undefined || ownInputs(record).has(ERROR_LOG)) return;
  try {
    await storage.copy(executionId, `${attemptFolder(attempt, ownerId)}/${ERROR_LOG}`, ERROR_LOG);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}

/** An output of the same name does not replace what was delivered. */
function ownInputs({ executionId, inputs, yamlRef }: ExecutionRecord): ReadonlySet<string> {
  const files = yamlRef ? [...inputs, yamlRef] : inputs;
  return new Set(
    files
      .filter(({ sourceExecutionId }) => sourceExecutionId === executionId)
      .map(({ filename }) => filename),
  );
}
