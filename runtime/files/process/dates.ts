/** Text to an instant in milliseconds since 1970 UTC, checked against the calendar (contract files §4.4). */

type DateParser = (text: string) => number | undefined;

const DAY_MS = 86_400_000;
const ZERO = 48;
const HYPHEN = 45;
const DATE_LENGTH = 10;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** ISO 8601, or one of the patterns, which are tried first; a field's own pattern excludes everything else. */
export function dateParser(field: string | undefined, formats: readonly string[]): DateParser {
  if (field !== undefined) return patternParser(field);
  if (formats.length === 0) return parseIso;
  const parsers = [...formats.map(patternParser), parseIso];
  return (text) => {
    for (const parse of parsers) {
      const found = parse(text);
      if (found !== undefined) return found;
    }
    return undefined;
  };
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

/** Milliseconds of a date; undefined: the calendar has no such day. Years 0 to 9999. */
function dateMs(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || year < 0) return undefined;
  const length = month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0);
  if (day > length) return undefined;
  // Days since 1970-01-01 in years that begin in March, so that the leap day is the last.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * DAY_MS;
}

function parseIso(text: string): number | undefined {
  if (text.length < DATE_LENGTH) return undefined;
  if (text.charCodeAt(4) !== HYPHEN || text.charCodeAt(7) !== HYPHEN) return undefined;
  const date = dateMs(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  if (date === undefined || text.length === DATE_LENGTH) return date;
  const time = isoTime(text.slice(DATE_LENGTH));
  return time === undefined ? undefined : date + time;
}

const ISO_TIME = /^[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?$/i;

function isoTime(text: string): number | undefined {
  const found = ISO_TIME.exec(text);
  if (!found) return undefined;
  const [, hour, minute, second = '0', fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = found;
  const time = timeMs(
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  const offset = timeMs(Number(offsetHour), Number(offsetMinute), 0, 0);
  if (time === undefined || offset === undefined) return undefined;
  return sign === '-' ? time + offset : time - offset;
}

function timeMs(hour: number, minute: number, second: number, ms: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

/** Least and most digits of each letter group, and the part of the date that it gives. */
const GROUPS: Readonly<Record<string, readonly [part: Part, least: number, most: number]>> = {
  yyyy: ['year', 4, 4],
  yy: ['shortYear', 2, 2],
  MM: ['month', 2, 2],
  M: ['month', 1, 2],
  dd: ['day', 2, 2],
  d: ['day', 1, 2],
  HH: ['hour', 2, 2],
  H: ['hour', 1, 2],
  mm: ['minute', 2, 2],
  m: ['minute', 1, 2],
  ss: ['second', 2, 2],
  s: ['second', 1, 2],
  SSS: ['ms', 3, 3],
};
type Part = 'year' | 'shortYear' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'ms';
type Parts = Record<Part, number>;

/** Two digits up to 68 are of this century, as POSIX has it. */
const fullYear = (short: number): number => short + (short <= 68 ? 2000 : 1900);

function patternParser(pattern: string): DateParser {
  const groups = [...pattern.matchAll(/yyyy|yy|MM?|dd?|HH?|mm?|ss?|SSS|[\s\S]/g)].map(([text]) => ({
    text,
    group: GROUPS[text],
  }));
  return (text) => {
    const parts: Parts = {
      year: 1970,
      shortYear: -1,
      month: 1,
      day: 1,
      hour: 0,
      minute: 0,
      second: 0,
      ms: 0,
    };
    let at = 0;
    for (const { text: literal, group } of groups) {
      const next = group
        ? readGroup(text, at, group, parts)
        : text.startsWith(literal, at)
          ? at + literal.length
          : -1;
      if (next < 0) return undefined;
      at = next;
    }
    if (at !== text.length) return undefined;
    const year = parts.shortYear >= 0 ? fullYear(parts.shortYear) : parts.year;
    const date = dateMs(year, parts.month, parts.day);
    const time = timeMs(parts.hour, parts.minute, parts.second, parts.ms);
    return date === undefined || time === undefined ? undefined : date + time;
  };
}

/** The place behind the group's digits; -1: they are not there. */
function readGroup(
  text: string,
  at: number,
  [part, least, most]: readonly [part: Part, least: number, most: number],
  parts: Parts,
): number {
  for (let count = most; count >= least; count--) {
    const number = at + count <= text.length ? digits(text, at, count) : -1;
    if (number < 0) continue;
    parts[part] = number;
    return at + count;
  }
  return -1;
}
