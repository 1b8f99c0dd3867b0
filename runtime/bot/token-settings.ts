import { join } from 'node:path';
import { type Environment, EnvironmentReader, trimSlashes } from '../core/config.ts';
import { isRecord } from '../core/json.ts';

/** Which files hold tokens or keys, where they come from, and which variables name them (contract bot §3, §4.4). */
export interface TokenSettings {
  /** Bare file names. */
  readonly names: readonly string[];
  /** Key prefix in the bucket, without slashes around it; empty = bare file names. */
  readonly prefix: string;
  /** Absent: there is none, or synchronisation is off. */
  readonly bucket: string | undefined;
  /** Where the files are put. */
  readonly tmpDir: string;
  /** Store in the bucket what the agent changed. */
  readonly writeBack: boolean;
  /** Variable → path of its file, for variables that are not set otherwise. */
  readonly variables: Readonly<Record<string, string>>;
  /** Entries that name no file: how many. */
  readonly rejected: number;
  readonly warnings: readonly string[];
}

/** The variables that must all stand in the real environment before files are fetched beside the parameter. */
const READ_BESIDE = ['BUCKET_NAME', 'SYNC_TOKENS_S3', 'TOKENS_S3_PREFIX', 'SPECIAL_TOKEN_FILES_JSON'];

/** Whether the parameter can change nothing about the files (contract bot §4.1). */
export const tokensKnownWithoutParameter = (real: Environment): boolean =>
  !real.ENV_PARAMETER_NAME?.trim() || READ_BESIDE.every((name) => real[name] !== undefined);

/** A bare file name: nothing that could lead out of the folder. */
const isFileName = (name: unknown): name is string =>
  typeof name === 'string' && name.trim() !== '' && name !== '.' && !/[/\\\0]|\.\./.test(name);

const isVariableName = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

/** What the variables of contract bot §3 say. Bad entries are left out, with a warning. */
export function readTokenSettings(environment: Environment): TokenSettings {
  const env = new EnvironmentReader(environment);
  const entries: readonly unknown[] = env.json('SPECIAL_TOKEN_FILES_JSON', [], (value) =>
    Array.isArray(value),
  );
  const names = [...new Set(entries.filter(isFileName))];
  const tmpDir = env.text('MAWS_TMP_DIR') ?? '/tmp';
  const pairs = Object.entries(env.json('TOKEN_ENV_MAP_JSON', {}, isRecord));
  const good = pairs.filter(([file, name]) => isFileName(file) && isVariableName(name));
  if (good.length < pairs.length)
    env.warnings.push('TOKEN_ENV_MAP_JSON has entries that are not a file name and the name of a variable');
  return {
    names,
    prefix: trimSlashes(environment.TOKENS_S3_PREFIX ?? 'secrets'),
    bucket: env.boolean('SYNC_TOKENS_S3', true) ? env.text('BUCKET_NAME') : undefined,
    tmpDir,
    writeBack: env.boolean('TOKEN_WRITE_BACK', false),
    variables: unsetVariables(env, good as [string, string][], tmpDir),
    rejected: entries.filter((name) => !isFileName(name)).length,
    warnings: env.warnings,
  };
}

function unsetVariables(env: EnvironmentReader, pairs: readonly [string, string][], tmpDir: string) {
  const unset = pairs.filter(([, name]) => env.text(name) === undefined);
  return Object.fromEntries(unset.map(([file, name]) => [name, join(tmpDir, file)]));
}
