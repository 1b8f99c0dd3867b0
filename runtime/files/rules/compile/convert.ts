import type { Value } from '../../spec/types.ts';
import type { Kind, TreeOf } from '../tree.ts';
import type { Compiler, Eval, Numeric } from './compiler.ts';
import { toSafe } from './numbers.ts';

/** `astype` and `to_number`. A text that is no number is null, or ends the rule where pandas would raise. */
export function convert(compiler: Compiler, tree: TreeOf<'convert'>): Eval {
  const of = compiler.value(tree.of);
  const change = changeOf(tree.of.kind, tree.kind);
  const { isStrict } = tree;
  return (row, context, gathered) => {
    const value = of(row, context, gathered);
    if (value === null) return null;
    const result = change(value);
    if (result === null && isStrict) throw compiler.fail('RULE_REASON_NUMBER', context);
    return result;
  };
}

function changeOf(from: Kind, to: Kind): (value: Value) => Value {
  if (to === 'text') return textOf(from);
  if (to === 'bool') return from === 'text' ? (value) => value !== '' : (value) => Number(value) !== 0;
  if (from === 'text') return (value) => readNumber(String(value), to);
  return to === 'num' ? Number : truncate;
}

const NUMBER = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const WHOLE = /^[+-]?[0-9]+$/;
/** Longer texts are numbers to nobody, and a bigint takes more than its digits' time. */
const LONGEST = 1_000;

function readNumber(text: string, to: Kind): Numeric | null {
  const trimmed = text.trim();
  if (trimmed.length > LONGEST || !(to === 'int' ? WHOLE : NUMBER).test(trimmed)) return null;
  const number = Number(trimmed);
  if (to === 'int' && !Number.isSafeInteger(number)) return toSafe(BigInt(trimmed.replace('+', '')));
  return Number.isFinite(number) ? number : null;
}

/** Towards zero. */
function truncate(value: Value): Numeric | null {
  if (typeof value === 'bigint') return value;
  const number = Math.trunc(Number(value)) + 0;
  return Number.isFinite(number) ? number : null;
}

function textOf(from: Kind): (value: Value) => string {
  if (from === 'num') return (value) => decimalText(Number(value));
  if (from === 'bool') return (value) => (value === true ? 'True' : 'False');
  if (from === 'date') return (value) => dateText(Number(value));
  return String;
}

/** As Python writes a float: 5.0, 1e-05, 1e+16. */
function decimalText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
  }
  if (Number.isInteger(value)) return `${Object.is(value, -0) ? '-0' : value}.0`;
  return String(value);
}

function dateText(instant: number): string {
  const text = new Date(instant).toISOString();
  return instant % 86_400_000 === 0 ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
}
