/** Dates as files has them: instants in milliseconds since 1970, all in UTC. */

export const DAY_MS = 86_400_000;
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** An ISO 8601 date or time of a real calendar day; without an offset it is UTC. Undefined: it is none. */
export function isoDate(text: string): number | undefined {
  const parts = ISO.exec(text.trim());
  if (parts === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts;
  const instant = calendarInstant({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number(fraction.padEnd(3, '0').slice(0, 3)),
  });
  if (instant === undefined || zone === 'Z') return instant;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return undefined;
  const offsetMs = (hours * 60 + minutes) * 60_000;
  return zone.startsWith('-') ? instant + offsetMs : instant - offsetMs;
}

interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** Undefined where no calendar has that day or no clock that time. */
function calendarInstant(time: CalendarTime): number | undefined {
  const { year, month, day, hour, minute, second, millisecond } = time;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.setUTCHours(hour, minute, second, millisecond);
}

/** The letters of a date pattern, longest first; `d+` and the like take one digit or two. */
const LETTERS: readonly (readonly [string, keyof CalendarTime, number, number])[] = [
  ['yyyy', 'year', 4, 4],
  ['yy', 'year', 2, 2],
  ['MM', 'month', 2, 2],
  ['M', 'month', 1, 2],
  ['dd', 'day', 2, 2],
  ['d', 'day', 1, 2],
  ['HH', 'hour', 2, 2],
  ['H', 'hour', 1, 2],
  ['mm', 'minute', 2, 2],
  ['m', 'minute', 1, 2],
  ['SSS', 'millisecond', 3, 3],
  ['ss', 'second', 2, 2],
  ['s', 'second', 1, 2],
];

interface PatternStep {
  readonly field: keyof CalendarTime;
  readonly least: number;
  readonly most: number;
}

/** Reads dates of one pattern such as `dd/MM/yyyy` (contract files §4.1). Two digits of a year are 1969 to 2068. */
export function datePattern(pattern: string): (text: string) => number | undefined {
  const steps: (PatternStep | string)[] = [];
  for (let at = 0; at < pattern.length; ) {
    const letter = LETTERS.find(([text]) => pattern.startsWith(text, at));
    steps.push(
      letter === undefined ? pattern.charAt(at) : { field: letter[1], least: letter[2], most: letter[3] },
    );
    at += letter?.[0].length ?? 1;
  }
  return (text) => readSteps(steps, text.trim());
}

function readSteps(steps: readonly (PatternStep | string)[], text: string): number | undefined {
  const time = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
  let at = 0;
  for (const step of steps) {
    if (typeof step === 'string') {
      if (text.charAt(at) !== step) return undefined;
      at += 1;
      continue;
    }
    let end = at;
    while (end < at + step.most && isDigit(text.charCodeAt(end))) end += 1;
    if (end - at < step.least) return undefined;
    const number = Number(text.slice(at, end));
    time[step.field] = step.field === 'year' && step.most === 2 ? century(number) : number;
    at = end;
  }
  return at === text.length ? calendarInstant(time) : undefined;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const century = (year: number): number => (year < 69 ? 2000 + year : 1900 + year);
