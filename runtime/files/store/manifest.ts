import * as z from 'zod/mini';
import { readJson } from '../../core/json.ts';
import { FilesError } from '../errors.ts';
import { NotFoundError } from './errors.ts';
import type { ExecutionRecord } from './execution-record.ts';
import { checkedFileName, manifestName } from './paths.ts';
import type { StorageAdapter } from './storage.ts';

/** Version of the form that this release writes; it reads this one and the one before. */
export const MANIFEST_VERSION = 1;

const count = z.number().check(z.gte(0));

const SCHEMA = z.object({
  v: z.literal(MANIFEST_VERSION),
  execution_id: z.string(),
  attempt: z.number(),
  owner_id: z.string(),
  state: z.enum(['SUCCEEDED', 'PARTIAL', 'REJECTED']),
  counts: z.object({ records: count, errors: count, warnings: count, messages: count }),
  /** Names within the attempt's folder, sizes and SHA-256 of the plain bytes. */
  outputs: z.array(z.object({ name: z.string(), bytes: count, sha256: z.string() })),
  code_version: z.string(),
  /** SHA-256 of the specification. */
  config_sha256: z.string(),
  created_at: z.string(),
  /** What a repeated event is answered with. */
  result: z.optional(z.unknown()),
});

/** What an attempt left, written last: with it the attempt is whole (contract files §3.2, §7). */
export type Manifest = z.infer<typeof SCHEMA>;

/** Writes the manifest of an attempt, once. Throws `FileExistsError` when the attempt has one. Returns its name. */
export async function writeManifest(storage: StorageAdapter, manifest: Manifest): Promise<string> {
  const { execution_id: executionId, attempt, owner_id: ownerId } = manifest;
  const name = manifestName(attempt, ownerId);
  const content = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  await storage.writeFile(executionId, name, content, { attempt, ifAbsent: true });
  return name;
}

/** Throws `NotFoundError`, `RECORD_VERSION` for a later release's, `MANIFEST_INVALID` for what is none. */
export async function readManifest(
  storage: StorageAdapter,
  executionId: string,
  name: string,
): Promise<Manifest> {
  const value = readJson(Buffer.from(await storage.readFile(executionId, name)).toString());
  const version = Number((value as { v?: unknown } | undefined)?.v);
  if (version > MANIFEST_VERSION) throw new FilesError('RECORD_VERSION', 'hold', { version });
  const parsed = z.safeParse(SCHEMA, value);
  if (!parsed.success) throw new FilesError('MANIFEST_INVALID', 'permanent', { file: name });
  for (const output of parsed.data.outputs) checkedFileName(output.name);
  return parsed.data;
}

/** The manifest that the record's own attempt and owner left, if it did. */
export async function ownManifest(
  storage: StorageAdapter,
  { executionId, attempt, ownerId }: ExecutionRecord,
): Promise<Manifest | undefined> {
  if (ownerId === undefined) return undefined;
  try {
    return await readManifest(storage, executionId, manifestName(attempt, ownerId));
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
