import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { ConfigError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { faultsOf } from '../core/schema.ts';
import type { Prompt, PromptProvider, Prompts } from './prompts.ts';
import { ID, ID_MESSAGE, PROMPT_SCHEMA, type PromptEntry } from './prompts-schema.ts';

/** Its name in the zip. */
export const PROMPTS_FILE = 'prompts.json';

/** For prompts that do not say (`MODEL_PROVIDER`, `MODEL_BASE_URL`). */
export interface PromptDefaults {
  /** Default: `openai`. */
  readonly provider?: PromptProvider | undefined;
  /** Only for prompts of that provider. */
  readonly baseUrl?: string | undefined;
}

/**
 * Reads and checks the file. Throws one `ConfigError` with every fault, each with its place. Without `defaults`,
 * as when a package is built, what they may add is not missed.
 */
export function readPromptsFile(path: string, defaults?: PromptDefaults): Prompts {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw faulty([
      'the file is missing; build the package with "hookline replies build --prompts prompts.json"',
    ]);
  }
  return readPrompts(text, defaults);
}

/** The same for the file's text. */
export function readPrompts(text: string, defaults?: PromptDefaults): Prompts {
  const entries = Object.entries(jsonObject(text)).filter(([id]) => id !== '$schema');
  const faults: string[] = entries.length === 0 ? ['the file must name a prompt'] : [];
  const byReference = new Map<string, Prompt>();
  const add = (reference: string, prompt: Prompt) => {
    if (byReference.has(reference)) faults.push(`two prompts go by the name ${reference}`);
    byReference.set(reference, prompt);
  };
  for (const [id, value] of entries) {
    const found = faultsIn(id, value);
    faults.push(...found);
    if (found.length > 0) continue;
    const versions = versionsOf(value).map((entry) => z.parse(PROMPT_SCHEMA, entry));
    for (const [index, entry] of versions.entries()) {
      const prompt = promptOf(id, entry, defaults);
      if (defaults && prompt.provider === 'openai-compatible' && prompt.baseUrl === undefined)
        faults.push(
          `${placeOf(id, value, index)}.base_url is missing: openai-compatible has no address of its own`,
        );
      add(`${id}@${prompt.version}`, prompt);
      for (const alias of entry.aliases ?? []) add(alias, prompt);
      if (index === versions.length - 1) add(id, prompt);
    }
  }
  if (faults.length > 0) throw faulty(faults);
  return { byReference };
}

const faulty = (faults: readonly string[]) =>
  new ConfigError(faults.map((fault) => `${PROMPTS_FILE}: ${fault}`));

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw faulty(['the file is not JSON']);
  }
  if (!isRecord(value)) throw faulty(['the file must be an object of prompts by their ids']);
  return value;
}

const versionsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const placeOf = (id: string, value: unknown, index: number): string =>
  Array.isArray(value) ? `${id}[${index}]` : id;

function faultsIn(id: string, value: unknown): readonly string[] {
  if (!ID.test(id)) return [`"${id}" is no id of a prompt: it ${ID_MESSAGE}`];
  const versions = versionsOf(value);
  if (versions.length === 0) return [`${id} must hold a version`];
  return versions.flatMap((entry, index) =>
    faultsOf(PROMPT_SCHEMA, entry).map((fault) => {
      const place = placeOf(id, value, index);
      return fault.startsWith('the file ') ? fault.replace('the file', place) : `${place}.${fault}`;
    }),
  );
}

function promptOf(id: string, entry: PromptEntry, defaults: PromptDefaults = {}): Prompt {
  const standard = defaults.provider ?? 'openai';
  const provider = entry.provider ?? standard;
  const baseUrl = entry.base_url ?? (provider === standard ? defaults.baseUrl : undefined);
  return {
    id,
    version: String(entry.version),
    provider,
    model: entry.model,
    instructions: entry.instructions,
    images: entry.images ?? false,
    ...(entry.output_schema && { output: entry.output_schema }),
    ...(entry.max_output_tokens !== undefined && { maxOutputTokens: entry.max_output_tokens }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(entry.structured_output !== undefined && { structuredOutput: entry.structured_output }),
  };
}
