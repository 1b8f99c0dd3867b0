/**
 * Environment variables by declaration. A bad value falls back to its default with a warning that names the
 * variable, never the value; what cannot be defaulted is a fault, and all faults are reported at once
 * (contract bot §3).
 */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables and collects everything that is wrong with them. */
export class EnvironmentReader {
  readonly warnings: string[] = [];
  readonly faults: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** Trimmed; undefined when unset or empty. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.environment[name]?.trim();
      if (value) return value;
    }
    return undefined;
  }

  /** A text that may be empty on purpose: the fallback counts only while the variable is not set. */
  message(name: string, fallback: string): string {
    return this.environment[name]?.trim() ?? fallback;
  }

  /** `1,true,yes,y,on` and `0,false,no,n,off`, any case; anything else is the fallback. */
  boolean<F extends boolean | undefined>(name: string, fallback: F): boolean | F {
    const value = this.text(name)?.toLowerCase();
    if (value !== undefined && ['1', 'true', 'yes', 'y', 'on'].includes(value)) return true;
    if (value !== undefined && ['0', 'false', 'no', 'n', 'off'].includes(value)) return false;
    return fallback;
  }

  /** A whole number within the bounds. A variable that is set but empty counts as bad: it warns. */
  integer(name: string, fallback: number, minimum = 0, maximum = Number.MAX_SAFE_INTEGER): number {
    const isGood = (value: number) => Number.isSafeInteger(value) && value >= minimum && value <= maximum;
    return this.number(name, fallback, isGood);
  }

  /** A decimal number of seconds, 0 or more. */
  seconds(name: string, fallback: number): number {
    return this.number(name, fallback, (value) => Number.isFinite(value) && value >= 0);
  }

  /** A decimal number above 0; unset is undefined. */
  positive(name: string): number | undefined {
    return this.number(name, undefined, (value) => Number.isFinite(value) && value > 0);
  }

  private number<F extends number | undefined>(
    name: string,
    fallback: F,
    good: (value: number) => boolean,
  ): number | F {
    const raw = this.environment[name];
    if (raw === undefined) return fallback;
    const value = raw.trim() === '' ? Number.NaN : Number(raw);
    if (good(value)) return value;
    this.warnings.push(`${name} is not a usable number; using ${fallback ?? 'none'}`);
    return fallback;
  }

  /** One of the words, any case. Unknown: the fallback and a warning. */
  choice<W extends string>(names: readonly string[], words: readonly W[], fallback: W): W {
    const value = this.text(...names)?.toLowerCase();
    if (value === undefined) return fallback;
    const word = words.find((candidate) => candidate === value);
    if (word) return word;
    this.warnings.push(`${names[0]} is not one of ${words.join(', ')}; using ${fallback}`);
    return fallback;
  }

  /** A JSON value that `accept` recognises. */
  json<T>(name: string, fallback: T, accept: (value: unknown) => value is T): T {
    const raw = this.text(name);
    if (raw === undefined) return fallback;
    try {
      const value: unknown = JSON.parse(raw);
      if (accept(value)) return value;
    } catch {
      // The warning below covers it.
    }
    this.warnings.push(`${name} is not the expected JSON; using the default`);
    return fallback;
  }
}

/** Ids as people write them: Telegram's look like numbers. */
export const isIdList = (value: unknown): value is readonly (string | number)[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' || Number.isSafeInteger(item));

/** A key prefix without the spaces and slashes around it. */
export const trimSlashes = (value: string): string => value.replace(/^[\s/]+|[\s/]+$/g, '');
