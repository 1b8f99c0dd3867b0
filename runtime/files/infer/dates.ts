import { datePattern, isoDate } from '../dates.ts';

/** ISO 8601, which needs no pattern. */
export const isIsoDate = (text: string): boolean => isoDate(text) !== undefined;

/** Orders that are tried; where days and months cannot be told apart, the day stands first. */
const ORDERS = [
  ['dd', 'MM', 'yyyy'],
  ['d', 'M', 'yyyy'],
  ['MM', 'dd', 'yyyy'],
  ['M', 'd', 'yyyy'],
  ['yyyy', 'MM', 'dd'],
];
const PATTERNS = ['/', '-', '.'].flatMap((separator) =>
  ORDERS.flatMap((order) => ['', ' HH:mm', ' HH:mm:ss'].map((time) => order.join(separator) + time)),
);

/** The pattern that all texts follow with days of the calendar; undefined: none does. */
export function commonPattern(texts: readonly string[]): string | undefined {
  if (texts.length === 0) return undefined;
  return PATTERNS.find((pattern) => {
    const read = datePattern(pattern);
    return texts.every((text) => read(text) !== undefined);
  });
}
