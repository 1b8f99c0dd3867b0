import { InvalidArgumentError, Option } from 'commander';

const UNIT_MILLIS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** How far back to look: as a function of now, milliseconds since 1970. */
export type Since = (nowMillis: number) => number;

/** `30m`, `12h`, `7d`, or a date and time of ISO 8601. */
export function parseSince(text: string): Since {
  const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return (nowMillis) => nowMillis - Number(count) * Number(UNIT_MILLIS[unit]);
  const atMillis = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMillis))
    throw new InvalidArgumentError('Write it as 30m, 12h, 7d or 2026-11-21T10:00Z.');
  return () => atMillis;
}

/** `--since`, with its default as a person would write it. */
export const sinceOption = (fallback: string): Option =>
  new Option('--since <time>', 'how far back: 30m, 12h, 7d, or a date')
    .argParser(parseSince)
    .default(parseSince(fallback), fallback);
