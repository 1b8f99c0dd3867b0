import { asList, asNumber, asRecord, asText, readJson } from '../../core/json.ts';
import { VERSION } from '../../core/version.ts';
import { FilesError } from '../errors.ts';
import type { OutputFile } from '../process/result.ts';
import { NotFoundError } from '../store/errors.ts';
import type { ExecutionRecord } from '../store/execution-record.ts';
import type { ExecutionStore, VerdictState } from '../store/execution-store.ts';
import type { StorageAdapter } from '../store/storage.ts';
import { attemptFolder, ERROR_LOG, MANIFEST } from './attempt-folder.ts';
import type { Publication, Sealed } from './ports.ts';

/** The manifest's form; release N reads what N-1 wrote. */
const MANIFEST_VERSION = 1;
const STATES: readonly VerdictState[] = ['SUCCEEDED', 'PARTIAL', 'REJECTED'];

/** Manifests in the storage of the executions. */
export function storedPublication(
  storage: StorageAdapter,
  store: Pick<ExecutionStore, 'markPublished'>,
): Publication {
  return {
    seal: (record, ownerId, sealed) => seal(storage, record, ownerId, sealed),
    async sealedBy(record) {
      if (record.ownerId === undefined) return undefined;
      const manifestKey = `${attemptFolder(record.attempt, record.ownerId)}/${MANIFEST}`;
      const sealed = await readManifest(storage, record.executionId, manifestKey);
      return sealed && { state: sealed.state, counts: sealed.counts, manifestKey };
    },
    async publish(record) {
      await copyOut(storage, record);
      await store.markPublished(record);
    },
  };
}

async function seal(
  storage: StorageAdapter,
  record: ExecutionRecord,
  ownerId: string,
  { state, counts, files }: Sealed,
): Promise<string> {
  const { executionId, attempt } = record;
  const manifestKey = `${attemptFolder(attempt, ownerId)}/${MANIFEST}`;
  const manifest = {
    v: MANIFEST_VERSION,
    execution_id: executionId,
    attempt,
    owner_id: ownerId,
    state,
    counts,
    files,
    code_version: VERSION,
    ...(record.yamlSha256 !== undefined && { config_sha256: record.yamlSha256 }),
  };
  const content = Buffer.from(JSON.stringify(manifest, undefined, 2));
  await storage.writeFile(executionId, manifestKey, content, { attempt, ifAbsent: true });
  return manifestKey;
}

/** Undefined where there is none. Throws `MANIFEST_INVALID` for one that cannot be read. */
export async function readManifest(
  storage: StorageAdapter,
  executionId: string,
  manifestKey: string,
): Promise<Sealed | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await storage.readFile(executionId, manifestKey);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
  const data = asRecord(readJson(new TextDecoder().decode(bytes)));
  const state = STATES.find((candidate) => candidate === data.state);
  if (data.v !== MANIFEST_VERSION || data.execution_id !== executionId || state === undefined)
    throw new FilesError('MANIFEST_INVALID', 'permanent', { file: manifestKey });
  const counts = asRecord(data.counts);
  const count = (name: string) => asNumber(counts[name]) ?? 0;
  return {
    state,
    counts: {
      records: count('records'),
      errors: count('errors'),
      warnings: count('warnings'),
      messages: count('messages'),
    },
    files: asList(data.files).map(readFile),
  };
}

function readFile(value: unknown): OutputFile {
  const { name, bytes, sha256 } = asRecord(value);
  return { name: asText(name) ?? '', bytes: asNumber(bytes) ?? 0, sha256: asText(sha256) ?? '' };
}

/** Plain names are the winner's copy; an input that has such a name stays what it is. */
async function copyOut(storage: StorageAdapter, record: ExecutionRecord): Promise<void> {
  const { executionId, manifestKey, inputs } = record;
  if (manifestKey === undefined) return;
  const sealed = await readManifest(storage, executionId, manifestKey);
  if (!sealed) throw new FilesError('MANIFEST_INVALID', 'permanent', { file: manifestKey });
  const folder = manifestKey.slice(0, -MANIFEST.length);
  const taken = new Set(
    inputs.filter((input) => input.sourceExecutionId === executionId).map(({ filename }) => filename),
  );
  const names = sealed.files.map(({ name }) => name).filter((name) => !taken.has(name));
  for (const name of names) await storage.copy(executionId, folder + name, name);
  // Of an earlier attempt.
  if (!names.includes(ERROR_LOG) && !taken.has(ERROR_LOG)) await storage.delete(executionId, ERROR_LOG);
  await storage.copy(executionId, manifestKey, MANIFEST);
}
