import { randomUUID } from 'node:crypto';
import { YAML_FILE } from '../event/write-event.ts';
import { sha256Of } from '../run/admit.ts';
import type { ExecutionRecord, FileReference, InputFile } from '../store/execution-record.ts';
import type { ExecutionStore } from '../store/execution-store.ts';
import type { StorageAdapter } from '../store/storage.ts';

/** A delivery whose inputs lie in the storage. */
export interface Delivery {
  /** Default: a random UUID. */
  readonly executionId?: string;
  readonly yamlText: string;
  readonly inputs: readonly FileReference[];
  /** Executions besides its own whose files it may read. */
  readonly parents?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
  /** Higher goes first; default 0. */
  readonly priority?: number;
}

/**
 * Takes a delivery in: its specification is stored, then its record is written, PENDING (contract files §2, step 1).
 * One that is there already stays as it is.
 */
export async function takeIn(
  delivery: Delivery,
  { storage, store }: { readonly storage: StorageAdapter; readonly store: ExecutionStore },
): Promise<ExecutionRecord> {
  const { executionId = randomUUID(), yamlText, inputs, parents = [], options, priority } = delivery;
  const found = await store.get(executionId);
  if (found) return found;
  const measured: InputFile[] = [];
  for (const input of inputs) {
    const { sizeBytes, sha256 } = await storage.stat(input.sourceExecutionId, input.filename);
    measured.push({ ...input, sizeBytes, sha256 });
  }
  await storage.writeFile(executionId, YAML_FILE, Buffer.from(yamlText));
  const { record } = await store.create({
    executionId,
    inputs: measured,
    inputSha256: measured.map(({ sha256 }) => sha256 ?? ''),
    yamlRef: { sourceExecutionId: executionId, filename: YAML_FILE },
    yamlSha256: sha256Of(yamlText),
    parents,
    ...(options && { options }),
    ...(priority !== undefined && { priority }),
  });
  return record;
}
