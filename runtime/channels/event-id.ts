import { createHash } from 'node:crypto';
import { isTooDeep } from '../core/json.ts';

/** Stands in for an event id the provider did not give: 24 hex characters of the canonical JSON's hash. */
export const hashedEventId = (payload: unknown): string =>
  createHash('sha256')
    .update(isTooDeep(payload) ? 'too deep' : canonicalJson(payload))
    .digest('hex')
    .slice(0, 24);

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
