import { problem } from './answers.ts';

/** Input of a route: a change's body, or the query. */
export type Input = Readonly<Record<string, unknown>>;

/** The input is wrong; the answer says what. */
export class BadInput extends Error {
  override name = 'BadInput';
  readonly answer: Response;
  constructor(sentence: string) {
    super(sentence);
    this.answer = problem(400, sentence);
  }
}

/** A text of 1 to `max` characters. */
export function textOf(input: Input, name: string, max = 512): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '' && value.length <= max) return value;
  throw new BadInput(`${name} must be a text of 1 to ${max} characters.`);
}

/** A whole number within bounds. */
export function integerOf(
  input: Input,
  name: string,
  { min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  if (input[name] === undefined) return fallback;
  const value = Number(input[name]);
  if (Number.isInteger(value) && value >= min && value <= max && input[name] !== '') return value;
  throw new BadInput(`${name} must be a whole number from ${min} to ${max}.`);
}

/** One of these words. */
export function wordOf<T extends string>(input: Input, name: string, words: readonly T[]): T {
  const found = words.find((word) => word === input[name]);
  if (found !== undefined) return found;
  throw new BadInput(`${name} must be ${words.join(' or ')}.`);
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How far back to look, `30m`, `12h` or `7d`, as milliseconds since 1970. */
export function sinceOf(input: Input, fallback: string, nowMillis: number): number {
  const text = input.since === undefined ? fallback : String(input.since);
  const [, count, unit = ''] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count === undefined) throw new BadInput('since must be written as 30m, 12h or 7d.');
  return nowMillis - Number(count) * Number(UNIT_MILLIS[unit]);
}
