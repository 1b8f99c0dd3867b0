/** Reading JSON from outside: a value of the wrong type reads as absent, so no shape can break a parser. */

export type JsonRecord = Readonly<Record<string, unknown>>;

const EMPTY: JsonRecord = {};

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asRecord = (value: unknown): JsonRecord => (isRecord(value) ? value : EMPTY);

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text or a number as text; undefined when empty or anything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Epoch seconds, as a number or in digits, as ISO 8601. */
export function asTime(value: unknown): string | undefined {
  const seconds = Number(asText(value) ?? Number.NaN);
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** A number, also in digits; undefined when not finite or anything else. */
export function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : Number(asText(value) ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** Deeper JSON than this is none that a platform sends; reading it recursively could exhaust the stack. */
const MAX_DEPTH = 200;

/** Whether lists and objects are nested more than 200 levels deep. Uses no recursion. */
export function isTooDeep(value: unknown): boolean {
  let level: object[] = typeof value === 'object' && value !== null ? [value] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    const next: object[] = [];
    for (const parent of level)
      for (const child of Object.values(parent))
        if (typeof child === 'object' && child !== null) next.push(child);
    level = next;
  }
  return false;
}

/** Undefined for what is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON for a queue: SQS refuses a message with U+FFFE or U+FFFF in it, and a user may write them. */
export const queueText = (value: unknown): string =>
  JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (noncharacter) =>
    noncharacter === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
