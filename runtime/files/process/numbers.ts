import type { FileFormat } from '../spec/types.ts';

/** Text to number (contract files §4.4). Nothing is made per cell but the value. */

type Separators = Pick<FileFormat, 'decimal' | 'thousands'>;

const ZERO = 48;
const NINE = 57;
const PLUS = 43;
const MINUS = 45;
/** Digits whose number is exact in a double whatever they are. */
const EXACT_DIGITS = 15;
/** Powers of ten that are exact in a double: a quotient of two exact doubles is rounded rightly. */
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);

const isSign = (code: number): boolean => code === PLUS || code === MINUS;
const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** An integer, or one with only zeros behind its separator; a bigint beyond 2^53. Undefined: it is none. */
export function integerParser({
  decimal,
  thousands,
}: Separators): (text: string) => number | bigint | undefined {
  const slow = slowInteger(decimal, thousands);
  return (text) => {
    const { length } = text;
    const first = text.charCodeAt(0);
    const from = isSign(first) ? 1 : 0;
    if (length === from || length - from > EXACT_DIGITS) return slow(text);
    let number = 0;
    for (let at = from; at < length; at++) {
      const code = text.charCodeAt(at);
      if (!isDigit(code)) return slow(text);
      number = number * 10 + (code - ZERO);
    }
    return first === MINUS && number !== 0 ? -number : number;
  };
}

function slowInteger(decimal: string, thousands: string | undefined) {
  return (text: string): number | bigint | undefined => {
    const plain = withoutGroups(text, decimal, thousands);
    if (plain === undefined) return undefined;
    const point = plain.indexOf(decimal);
    if (point >= 0 && !/^0+$/.test(plain.slice(point + decimal.length))) return undefined;
    const digits = point >= 0 ? plain.slice(0, point) : plain;
    if (!/^[+-]?\d+$/.test(digits)) return undefined;
    const number = Number(digits);
    if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
    return digits.startsWith('+') ? BigInt(digits.slice(1)) : BigInt(digits);
  };
}

/** A finite decimal number. Undefined: it is none. */
export function decimalParser({ decimal, thousands }: Separators): (text: string) => number | undefined {
  const point = decimal.charCodeAt(0);
  const slow = slowDecimal(decimal, thousands);
  return (text) => {
    const { length } = text;
    const first = text.charCodeAt(0);
    let at = isSign(first) ? 1 : 0;
    if (length === at || length > EXACT_DIGITS) return slow(text);
    let number = 0;
    let behind = -1;
    for (; at < length; at++) {
      const code = text.charCodeAt(at);
      if (isDigit(code)) number = number * 10 + (code - ZERO);
      else if (code === point && behind < 0) behind = length - at - 1;
      else return slow(text);
    }
    // A separator needs a digit on one side at least.
    if (behind >= 0 && length < 3) return slow(text);
    if (behind > 0) number /= POWERS[behind] ?? Number.NaN;
    return first === MINUS && number !== 0 ? -number : number;
  };
}

function slowDecimal(decimal: string, thousands: string | undefined) {
  return (text: string): number | undefined => {
    const plain = withoutGroups(text, decimal, thousands);
    if (plain === undefined) return undefined;
    // With another separator a point stands for nothing.
    if (decimal !== '.' && plain.includes('.')) return undefined;
    const standard = decimal === '.' ? plain : plain.replace(decimal, '.');
    if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(standard)) return undefined;
    const number = Number(standard);
    if (!Number.isFinite(number)) return undefined;
    return number === 0 ? 0 : number;
  };
}

/** Takes out thousands separators; undefined: they do not stand between groups of three digits. */
function withoutGroups(text: string, decimal: string, thousands: string | undefined): string | undefined {
  if (!thousands || !text.includes(thousands)) return text;
  const end = text.search(/e/i);
  const point = text.indexOf(decimal);
  const whole = text.slice(0, point >= 0 ? point : end >= 0 ? end : text.length);
  const groups = whole.split(thousands);
  const isGrouped = groups.every((group, index) =>
    index === 0 ? /^[+-]?\d{1,3}$/.test(group) : /^\d{3}$/.test(group),
  );
  return isGrouped ? groups.join('') + text.slice(whole.length) : undefined;
}

/** Digits behind the separator of a text that is a decimal, an exponent taken into account; trailing zeros count. */
export function scaleOf(text: string, decimal: string): number {
  const exponentAt = text.search(/e/i);
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  const point = mantissa.indexOf(decimal);
  const behind = point < 0 ? 0 : mantissa.length - point - decimal.length;
  return Math.max(0, behind - exponent);
}
