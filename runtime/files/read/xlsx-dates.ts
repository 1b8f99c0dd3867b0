/** Number formats that mean a date or a time, and what serial numbers stand for (contract files §4.3). */
export type NumberKind = 'number' | 'date' | 'time';

const DAY_MS = 86_400_000;
/** 1899-12-30 UTC: what day 0 is for all days from 1900-03-01 on. */
const EPOCH_1900_MS = -2_209_161_600_000;
const EPOCH_1904_MS = -2_082_844_800_000;
/** 1900-02-29, which never was; the days before it are one off. */
const LEAP_BUG = 60;
/** 9999-12-31 and a day. */
const END_1900 = 2_958_466;
const DAYS_1904 = 1462;

const within = (id: number, ...ranges: readonly (readonly [number, number])[]): boolean =>
  ranges.some(([from, to]) => id >= from && id <= to);

/** Formats without a code in the file. */
export function kindOfBuiltIn(id: number): NumberKind {
  if (within(id, [18, 21], [45, 45], [47, 47])) return 'time';
  return within(id, [14, 22], [27, 36], [50, 58]) ? 'date' : 'number';
}

/** A format's code as `dd/mm/yyyy` or `[$-409]h:mm AM/PM`. Elapsed time (`[h]:mm`) is a number of days. */
export function kindOfCode(code: string): NumberKind {
  if (/^general$/i.test(code) || /\[(h+|m+|s+)\]/i.test(code)) return 'number';
  const first = code.replaceAll(/"[^"]*"?|\\.|[_*].|\[[^\]]*\]/g, '').split(';')[0] ?? '';
  if (/[yd]/i.test(first)) return 'date';
  // An m is minutes beside h or s, else a month.
  if (/[hs]/i.test(first)) return 'time';
  return /m/i.test(first) ? 'date' : 'number';
}

/** ISO text of a serial number: a date, a date with time, or for times below one day a time. Undefined: it is none. */
export function isoOf(serial: number, kind: NumberKind, is1904: boolean): string | undefined {
  if (kind === 'number' || !(serial >= 0)) return undefined;
  if (kind === 'time' && serial < 1) return timeOf(Math.round(serial * DAY_MS) % DAY_MS);
  if (serial >= (is1904 ? END_1900 - DAYS_1904 : END_1900)) return undefined;
  if (is1904) return dateTimeOf(EPOCH_1904_MS + Math.round(serial * DAY_MS));
  if (serial < 1) return undefined;
  const day = Math.floor(serial);
  if (day === LEAP_BUG) return '1900-02-29';
  const shift = day < LEAP_BUG ? DAY_MS : 0;
  return dateTimeOf(EPOCH_1900_MS + shift + Math.round(serial * DAY_MS));
}

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 23).replace('.000', '');

function dateTimeOf(ms: number): string {
  const iso = new Date(ms).toISOString();
  return ms % DAY_MS === 0 ? iso.slice(0, 10) : iso.slice(0, 23).replace('.000', '');
}
