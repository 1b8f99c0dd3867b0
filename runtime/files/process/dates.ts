import { DAY_MS, datePattern, isoDate } from '../dates.ts';

/** Cells to instants in milliseconds since 1970 UTC, checked against the calendar (contract files §4.4). */

type DateParser = (text: string) => number | undefined;

const ZERO = 48;
const HYPHEN = 45;
const DATE_LENGTH = 10;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** A column has few different dates: what one means is looked up. */
const KEPT_DATES = 4096;

/** ISO 8601, or one of the patterns, which are tried first; a field's own pattern excludes everything else. */
export function dateParser(field: string | undefined, formats: readonly string[]): DateParser {
  if (field !== undefined) return remembered(strict(datePattern(field)));
  if (formats.length === 0) return parseIso;
  const parsers = [...formats.map(datePattern), isoDate];
  const parse = strict((text) => {
    for (const each of parsers) {
      const found = each(text);
      if (found !== undefined) return found;
    }
    return undefined;
  });
  return remembered(parse);
}

/** Blanks around a date are not part of it: `trim` of the file's format takes them away. */
const strict =
  (parse: DateParser): DateParser =>
  (text) =>
    text.trim().length === text.length ? parse(text) : undefined;

function remembered(parse: DateParser): DateParser {
  const known = new Map<string, number | undefined>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = parse(text);
    if (value !== undefined) {
      if (known.size >= KEPT_DATES) known.clear();
      known.set(text, value);
    }
    return value;
  };
}

const strictIso = strict(isoDate);

/** ISO 8601; plain dates, which nearly all are, without making anything. */
function parseIso(text: string): number | undefined {
  if (text.length !== DATE_LENGTH) return strictIso(text);
  if (text.charCodeAt(4) !== HYPHEN || text.charCodeAt(7) !== HYPHEN) return undefined;
  return dateMs(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
}

/** The digits from `at` on as a number; -1: one of them is no digit. */
function digits(text: string, at: number, count: number): number {
  let number = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Milliseconds of a date; undefined: the calendar has no such day. */
function dateMs(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || year < 0) return undefined;
  const length = month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0);
  if (day > length) return undefined;
  // Years that begin in March have the leap day at their end.
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return (shifted * 365 + leapDays + dayOfYear - 719_468) * DAY_MS;
}
