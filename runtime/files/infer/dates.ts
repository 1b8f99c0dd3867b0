import { isoMillis } from '../spec/field-values.ts';

/** ISO 8601, which needs no pattern. */
export const isIsoDate = (text: string): boolean => isoMillis(text) !== undefined;

/** Orders that are tried; where days and months cannot be told apart, the day stands first. */
const ORDERS = [
  ['dd', 'MM', 'yyyy'],
  ['d', 'M', 'yyyy'],
  ['MM', 'dd', 'yyyy'],
  ['M', 'd', 'yyyy'],
  ['yyyy', 'MM', 'dd'],
] as const;
const SEPARATORS = ['/', '-', '.'];
const TIMES = ['', ' HH:mm', ' HH:mm:ss'];

/** The pattern that all texts follow with days of the calendar; undefined: none does. */
export function datePattern(texts: readonly string[]): string | undefined {
  if (texts.length === 0) return undefined;
  for (const separator of SEPARATORS)
    for (const order of ORDERS)
      for (const time of TIMES) {
        const pattern = order.join(separator) + time;
        if (texts.every((text) => isDate(text, order, separator, time))) return pattern;
      }
  return undefined;
}

const WIDTHS: Readonly<Record<string, RegExp>> = {
  yyyy: /^\d{4}$/,
  MM: /^\d{2}$/,
  M: /^\d{1,2}$/,
  dd: /^\d{2}$/,
  d: /^\d{1,2}$/,
};

function isDate(text: string, order: readonly string[], separator: string, time: string): boolean {
  const [day = '', clock = '', ...rest] = text.split(' ');
  const parts = day.split(separator);
  if (rest.length > 0 || parts.length !== order.length) return false;
  if (!order.every((width, index) => WIDTHS[width]?.test(parts[index] ?? ''))) return false;
  const clockForm = time === '' ? /^$/ : time.length > 6 ? /^\d{2}:\d{2}:\d{2}$/ : /^\d{2}:\d{2}$/;
  const part = (letter: string) =>
    parts[order.findIndex((width) => width.startsWith(letter))]?.padStart(2, '0');
  const iso = `${part('y')}-${part('M')}-${part('d')}${clock === '' ? '' : `T${clock}`}`;
  return clockForm.test(clock) && isoMillis(iso) !== undefined;
}
