import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, EnvironmentReader, isTextList, trimSlashes } from '../core/config.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';

/** Files that hold tokens or keys, and where they come from (contract bot §4.4). */
export interface TokenFileOptions {
  readonly names: readonly string[];
  /** Key prefix in the bucket, without slashes around it; empty = bare file names. */
  readonly prefix: string;
  /** Absent: no bucket, or synchronisation is off. */
  readonly objects: ObjectStore | undefined;
  /** Where the files are put. */
  readonly tmpDir: string;
  /** Where the function's package lies. */
  readonly packageRoot: string;
}

export interface NamedTokenFiles extends Pick<TokenFileOptions, 'names' | 'prefix' | 'tmpDir'> {
  /** Absent: nothing to synchronise from. */
  readonly bucket: string | undefined;
}

/** What the variables of contract bot §3 name; undefined when they name no file. */
export function tokenFilesNamed(environment: Environment): NamedTokenFiles | undefined {
  const env = new EnvironmentReader(environment);
  const names = env.json('SPECIAL_TOKEN_FILES_JSON', [], isTextList);
  if (names.length === 0) return undefined;
  return {
    names,
    prefix: trimSlashes(environment.TOKENS_S3_PREFIX ?? 'secrets'),
    bucket: env.boolean('SYNC_TOKENS_S3', true) ? env.text('BUCKET_NAME') : undefined,
    tmpDir: env.text('MAWS_TMP_DIR') ?? '/tmp',
  };
}

/** A bare file name: nothing that could lead out of the folder. */
const isFileName = (name: string) => name !== '' && name !== '.' && !/[/\\]|\.\./.test(name);

/** Brings each file to the temporary folder: what is there stays, else from S3, else from the package. */
export async function fetchTokenFiles(options: TokenFileOptions, log: Log): Promise<void> {
  await Promise.all(options.names.map((name) => fetchTokenFile(name, options, log)));
}

async function fetchTokenFile(name: string, options: TokenFileOptions, log: Log): Promise<void> {
  if (!isFileName(name)) return log.warn('token_file_name_rejected');
  const path = join(options.tmpDir, name);
  if (existsSync(path)) return;
  const stored = await options.objects?.get(options.prefix ? `${options.prefix}/${name}` : name);
  const packaged = join(options.packageRoot, name);
  if (stored?.status === 'found') writeWhole(path, stored.body);
  else if (existsSync(packaged)) writeWhole(path, readFileSync(packaged));
  else log.warn('token_file_missing', { name });
}

/** All of the file or none of it, readable by this user only. */
function writeWhole(path: string, body: Uint8Array): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.part`, body, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}
