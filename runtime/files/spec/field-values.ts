import { isoDate } from '../dates.ts';
import type { ScalarNode } from './tree.ts';
import type { FieldType, Value } from './types.ts';

/** A value that the document gives for a column, in the document's own form: decimals with a point, dates as ISO 8601. */
export function fieldValue(type: FieldType, { value, source }: ScalarNode): Value | undefined {
  switch (type) {
    case 'texto':
      return source;
    case 'booleano':
      return typeof value === 'boolean' ? value : undefined;
    case 'fecha':
      return isoDate(source);
    case 'entero':
      return wholeNumber(source);
    default: {
      const amount = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(source) ? Number(source) : Number.NaN;
      return Number.isFinite(amount) ? amount : undefined;
    }
  }
}

/** Exact: beyond 2^53 a BigInt. */
function wholeNumber(source: string): number | bigint | undefined {
  if (!/^[+-]?\d{1,1000}$/.test(source)) return undefined;
  const exact = BigInt(source.replace('+', ''));
  const near = Number(exact);
  return Number.isSafeInteger(near) ? near : exact;
}

const DATE_LETTERS = /yyyy|yy|MM|M|dd|d|HH|H|mm|m|ss|s|SSS/g;

/** Whether a date pattern has a year, a month and a day, each once, and no letter that means nothing. */
export function isDatePattern(pattern: string): boolean {
  const parts = pattern.match(DATE_LETTERS) ?? [];
  const kinds = parts.map((part) => part.charAt(0));
  const hasDay = ['y', 'M', 'd'].every((kind) => kinds.includes(kind));
  const rest = pattern.replaceAll(DATE_LETTERS, '').replaceAll('T', '').replaceAll('Z', '');
  return hasDay && new Set(kinds).size === kinds.length && !/\p{L}|\d/u.test(rest);
}
