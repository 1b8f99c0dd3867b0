import type { Field, Value } from '../spec/types.ts';
import { guarded } from './csv.ts';

/** A value as `output.csv` has it: dates in ISO 8601, a point in decimals, true and false (contract files §4.4). */
export function normalised(value: Value, { type }: Pick<Field, 'type'>): string {
  if (value === null) return '';
  if (type === 'fecha' && typeof value === 'number') return isoDate(value);
  return typeof value === 'string' ? guarded(value) : String(value);
}

const DAY_MILLIS = 86_400_000;

/** Days come again and again. */
const days = new Map<number, string>();
const MAX_DAYS = 4_096;

/** The day alone where there is no time of day. */
function isoDate(millis: number): string {
  if (millis % DAY_MILLIS !== 0) return new Date(millis).toISOString().replace(/\.000Z$/, 'Z');
  const known = days.get(millis);
  if (known !== undefined) return known;
  const text = new Date(millis).toISOString();
  const day = text.slice(0, text.indexOf('T'));
  if (days.size < MAX_DAYS) days.set(millis, day);
  return day;
}
