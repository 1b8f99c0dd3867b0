import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import type { BotProps } from './bot/index.ts';
import type { FilesProps } from './files/index.ts';
import { propsFromSettings } from './parts/inputs.ts';
import type { RepliesProps } from './replies/index.ts';
import { SYSTEM_INPUTS, settingsSchema } from './settings-schema.ts';

export interface Settings {
  readonly backend: Backend;
  /** AWS region; undefined: from the environment (`AWS_REGION`, `AWS_PROFILE`). */
  readonly region: string | undefined;
  /** Undefined: no bot is deployed. */
  readonly bot: BotProps | undefined;
  /** Undefined: no reply engine is deployed. */
  readonly replies: RepliesProps | undefined;
  /** Undefined: no checking of files is deployed. */
  readonly files: FilesProps | undefined;
}

/** Each stack has a state of its own: `<path>/<stack>.tfstate`, `<key>/<stack>.tfstate`. */
export type Backend =
  | { readonly type: 'local'; readonly path: string }
  | { readonly type: 's3'; readonly bucket: string; readonly key: string; readonly region: string };

/** The settings file cannot be used. Lists everything that is wrong with it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(file: string, problems: readonly string[]) {
    super(`${file} cannot be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
}

interface SettingsFile {
  readonly backend?: {
    readonly local?: { readonly path?: string };
    readonly s3?: { readonly bucket: string; readonly key: string; readonly region: string };
  };
  readonly region?: string;
  readonly bot?: Readonly<Record<string, unknown>>;
  readonly replies?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, unknown>>;
}

/** Reads a settings file. Throws `SettingsError`. */
export const readSettings = (file: string): Settings => checkSettings(readSettingsFile(file), file);

/** Checks the content of a settings file; paths in it are seen from `file`. Throws `SettingsError`. */
export function checkSettings(content: unknown, file: string): Settings {
  const validate = new Ajv({ allErrors: true, strict: false, verbose: true }).compile<SettingsFile>(
    settingsSchema(),
  );
  if (!validate(content)) throw new SettingsError(file, (validate.errors ?? []).map(describe));
  const { backend, region, bot, replies, files } = content;
  const folder = path.resolve(path.dirname(file), backend?.local?.path ?? '.');
  return {
    backend: backend?.s3 ? { type: 's3', ...backend.s3 } : { type: 'local', path: folder },
    region,
    bot: bot && propsFromSettings(SYSTEM_INPUTS.bot, bot),
    replies: replies && propsFromSettings(SYSTEM_INPUTS.replies, replies),
    files: files && propsFromSettings(SYSTEM_INPUTS.files, files),
  };
}

/** The settings as they stand in the file, unchecked. Throws `SettingsError`. */
export function readSettingsFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(file, [`it cannot be read as JSON: ${reason}`]);
  }
}

const keyOf = (pointer: string, key?: string) =>
  [...pointer.split('/').slice(1), ...(key === undefined ? [] : [key])].join('.');

function describe({ keyword, instancePath, params, message, parentSchema }: ErrorObject): string {
  const where = keyOf(instancePath) || 'the file';
  if (keyword === 'additionalProperties') {
    const unknown = String(params.additionalProperty);
    const known = Object.keys((parentSchema as { properties?: object }).properties ?? {});
    return `${keyOf(instancePath, unknown)} is not a setting; did you mean ${keyOf(instancePath, nearest(unknown, known))}?`;
  }
  if (keyword === 'enum') return `${where} must be one of ${params.allowedValues.join(', ')}`;
  if (keyword === 'required') return `${keyOf(instancePath, params.missingProperty)} is missing`;
  return `${where} ${message}`;
}

/** The known word with the fewest letters to change. */
export function nearest(word: string, known: readonly string[]): string {
  const ranked = known.map((candidate) => [distance(word, candidate), candidate] as const);
  return ranked.sort(([a], [b]) => a - b)[0]?.[1] ?? '';
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
