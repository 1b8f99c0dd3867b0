import { asRecord, asText } from '../core/json.ts';
import type { ModelMessage } from '../models/model.ts';
import type { Entry } from './entry.ts';
import type { Conversation } from './record.ts';

/** Tokens of history that a model is shown at most, by the estimate below. */
const HISTORY_TOKENS = 16_000;

/** About four bytes of text to a token in every script, and a few for the frame of a message. */
export const estimatedTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4) + 4;

type Said = Pick<Entry, 'role' | 'content' | 'turnId'>;

/**
 * The record's entries as the model is shown them: newest first until `tokens` are used up, then in their order
 * (contract replies §11.2). What the turn `turnId` has already entered is left out: it is asked now.
 */
export function historyOf(entries: readonly Said[], turnId: string, tokens = HISTORY_TOKENS): ModelMessage[] {
  const shown: ModelMessage[] = [];
  let left = tokens;
  for (const entry of entries.toReversed()) {
    if (entry.content.trim() === '' || entry.turnId === turnId) continue;
    left -= estimatedTokens(entry.content);
    if (left < 0) break;
    // What a person of the company wrote is the company's side, too.
    shown.unshift({ role: entry.role === 'user' ? 'user' : 'assistant', text: entry.content });
  }
  return shown;
}

/** Single values of a record that instructions may name. */
const FIELDS = [
  'company_id',
  'company_name',
  'project_id',
  'project_name',
  'request_id',
  'channel_method',
  'recipient_first_name',
  'recipient_last_name',
  'recipient_tel',
  'recipient_email',
] as const;

const REPRESENTATIVES = ['company_rep_1', 'company_rep_2', 'company_rep_3', 'company_rep_4', 'company_rep_5'];

/** Whether instructions may name it: `recipient_first_name`, `company_rep_1`, `project_data.anything`. */
export const isVariable = (name: string): boolean =>
  [...FIELDS, ...REPRESENTATIVES].includes(name) || /^project_data\.[^.]+$/.test(name);

/** Every variable, for an error that lists them. */
export const VARIABLE_NAMES: readonly string[] = [...FIELDS, ...REPRESENTATIVES, 'project_data.<name>'];

/** What a record gives for the variables of the instructions; of those that it lacks, nothing. */
export function variablesOf({ data }: Pick<Conversation, 'data'>): Readonly<Record<string, string>> {
  const representatives = asRecord(data.company_rep);
  const values: [string, unknown][] = [
    ...FIELDS.map((name): [string, unknown] => [name, data[name]]),
    ...REPRESENTATIVES.map((name): [string, unknown] => [name, representatives[name]]),
    ...Object.entries(asRecord(data.project_data)).map(([name, value]): [string, unknown] => [
      `project_data.${name}`,
      value,
    ]),
  ];
  return Object.fromEntries(
    values.flatMap(([name, value]) => {
      const shown = shownValue(value);
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
}

function shownValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' || typeof value === 'boolean' ? JSON.stringify(value) : asText(value);
}
