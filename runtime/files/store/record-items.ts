import { asRecord, isRecord, type JsonRecord } from '../../core/json.ts';
import { FilesError } from '../errors.ts';
import type { ExecutionRecord } from './execution-record.ts';
import { camelKeys, snakeKeys } from './naming.ts';

/** Version of the record's form that this release writes; it reads this one and the one before. */
export const RECORD_VERSION = 1;

/** Fields whose inner names are ours too; those of `options` are the caller's. */
const NESTED = new Set(['inputs', 'yamlRef', 'counts']);

function nested(value: unknown, rename: (object: object) => JsonRecord): unknown {
  if (Array.isArray(value)) return value.map((each) => nested(each, rename));
  return isRecord(value) ? rename(value) : value;
}

/** Fields of a record under the names that they have in the table; what is undefined is left out. */
export function storedFields(fields: Partial<ExecutionRecord>): JsonRecord {
  const inner = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, NESTED.has(name) ? nested(value, snakeKeys) : value]);
  return snakeKeys(Object.fromEntries(inner));
}

/** Name of a field in the table. */
export const storedName = (field: keyof ExecutionRecord): string =>
  Object.keys(snakeKeys({ [field]: 0 }))[0] ?? '';

/** A stored record. Throws `RECORD_VERSION` for one that a later release wrote. */
export function recordOf(item: JsonRecord): ExecutionRecord {
  const version = Number(item.v ?? RECORD_VERSION);
  if (version > RECORD_VERSION) throw new FilesError('RECORD_VERSION', 'hold', { version });
  const { expiresAt: _, ...fields } = asRecord(camelKeys(item));
  const inner = Object.entries(fields).map(([name, value]) => [
    name,
    NESTED.has(name) ? nested(value, camelKeys) : value,
  ]);
  const defaults = { v: RECORD_VERSION, epoch: 0, inputs: [], parents: [] };
  return { ...defaults, ...Object.fromEntries(inner) } as unknown as ExecutionRecord;
}
