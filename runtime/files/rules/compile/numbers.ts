import type { ArithmeticSign } from '../syntax.ts';
import type { Numeric } from './compiler.ts';

/** Numbers as the rules have them. */

const LARGEST_BITS = 65_536;
const LARGEST = 1n << BigInt(LARGEST_BITS);
/** Decimals are equal when they differ by no more than this share of the greater one (contract files §5.2). */
const TOLERANCE = 1e-9;

export const toSafe = (value: bigint): Numeric =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;

export function isNear(a: Numeric, b: Numeric): boolean {
  if (a === b) return true;
  if (typeof a === 'bigint' && typeof b === 'bigint') return false;
  const [left, right] = [Number(a), Number(b)];
  const distance = Math.abs(left - right);
  return (
    distance !== Number.POSITIVE_INFINITY && distance <= TOLERANCE * Math.max(Math.abs(left), Math.abs(right))
  );
}

/** Equal to the last bit, a bigint and a number, too. */
export const isSame = (a: Numeric, b: Numeric): boolean =>
  typeof a === typeof b ? a === b : !(a < b) && !(a > b);

/** The quotient's floor; by zero it is infinite, and 0 // 0 is no number. */
export function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Math.floor(a / b);
  const rest = floorModulo(a, b);
  return Math.round((a - rest) / b);
}

/** With the sign of the divisor, as Python has it. */
export function floorModulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Exact as long as the result is below 2^53. */
export function power(a: number, exponent: number): number {
  if (exponent > 64) return Math.abs(a) <= 1 ? a ** exponent : Number.POSITIVE_INFINITY;
  let result = 1;
  for (let step = 0; step < exponent; step += 1) result *= a;
  return result;
}

/** The exact result of whole numbers; null is no number (0 // 0), undefined is too large to go on with. */
export function whole(
  sign: Exclude<ArithmeticSign, '/'>,
  a: Numeric,
  b: Numeric,
): Numeric | null | undefined {
  if (!isWhole(a) || !isWhole(b)) return inexact(sign, Number(a), Number(b));
  const [left, right] = [BigInt(a), BigInt(b)];
  if ((sign === '//' || sign === '%') && right === 0n) return inexact(sign, Number(a), 0);
  if (sign === '**' && isTooHigh(left, right)) return undefined;
  const result = exactly(sign, left, right);
  return result > LARGEST || result < -LARGEST ? undefined : toSafe(result);
}

const isWhole = (value: Numeric): boolean => typeof value === 'bigint' || Number.isInteger(value);

/** An infinite number took part. */
function inexact(sign: Exclude<ArithmeticSign, '/'>, a: number, b: number): number | null {
  const operations = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '//': floorDivide(a, b),
    '%': floorModulo(a, b),
    '**': a ** b,
  };
  const result = operations[sign];
  return Number.isNaN(result) ? null : result;
}

function isTooHigh(base: bigint, exponent: bigint): boolean {
  const bits = (base < 0n ? -base : base).toString(2).length;
  return bits > 1 && BigInt(bits) * exponent > BigInt(LARGEST_BITS);
}

function exactly(sign: Exclude<ArithmeticSign, '/'>, a: bigint, b: bigint): bigint {
  switch (sign) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '**':
      return a ** b;
    default: {
      const rest = a % b;
      const modulo = rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
      return sign === '%' ? modulo : (a - modulo) / b;
    }
  }
}

/** Half away from zero, of the number as it is written: 1.005 to two places is 1.01. */
export function roundHalfUp(value: number, digits: number): number {
  return scaled(value, digits, (size) =>
    size < 2 ** 40 ? Math.floor(size + 0.5 + size * 2 ** -50) : Math.round(size),
  );
}

/** Half to the even neighbour, as pandas does. */
export function roundHalfEven(value: number, digits: number): number {
  return scaled(value, digits, (size) => {
    const floor = Math.floor(size);
    const rest = size - floor;
    if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
    return floor % 2 === 0 ? floor : floor + 1;
  });
}

function scaled(value: number, digits: number, round: (size: number) => number): number {
  const scale = 10 ** Math.abs(digits);
  const size = digits >= 0 ? Math.abs(value) * scale : Math.abs(value) / scale;
  if (!Number.isFinite(size)) return value;
  const rounded = round(size);
  const result = digits >= 0 ? rounded / scale : rounded * scale;
  return value < 0 ? -result : result;
}
