import type { Value } from '../../spec/types.ts';
import type { CompareSign } from '../syntax.ts';
import { isNumber, type Tree, type TreeOf } from '../tree.ts';
import type { Compiler, Eval, Numeric } from './compiler.ts';
import { isNear, isSame } from './numbers.ts';
import { isTextBefore } from './order.ts';

/** `== != < <= > >=`, one closure per sign and kind, and one more for a column beside a written value. */
export function compare(compiler: Compiler, tree: TreeOf<'compare'>): Eval<boolean> {
  const { sign, left, right } = tree;
  const missing = missingOf(compiler, sign);
  const isEquality = sign === '==' || sign === '!=';
  if (isEquality && !(isNumber(left) || isNumber(right))) {
    const constant = right.op === 'constant' ? right.value : null;
    if (left.op === 'column' && constant !== null) {
      return columnSame(sign === '==', left.index, constant, missing);
    }
    return same(sign === '==', compiler.value(left), compiler.value(right), missing);
  }
  if (left.kind === 'text' || right.kind === 'text') {
    return texts(sign, compiler.text(left), compiler.text(right), missing);
  }
  if (isEquality) {
    const isExact = tree.isExact || (left.kind !== 'num' && right.kind !== 'num');
    return equal(
      sign === '==',
      isExact ? isSame : isNear,
      compiler.number(left),
      compiler.number(right),
      missing,
    );
  }
  return order(compiler, sign, left, right, missing);
}

/** What a comparison with null gives: in pandas false, and true for `!=`. */
const missingOf = ({ nulls }: Compiler, sign: CompareSign): boolean | null =>
  nulls === 'unknown' ? null : sign === '!=';

function same(isEqual: boolean, left: Eval, right: Eval, missing: boolean | null): Eval<boolean> {
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    if (a === null) return missing;
    const b = right(row, context, gathered);
    return b === null ? missing : (a === b) === isEqual;
  };
}

function columnSame(
  isEqual: boolean,
  index: number,
  constant: Value,
  missing: boolean | null,
): Eval<boolean> {
  return (row) => {
    const value = row[index] ?? null;
    return value === null ? missing : (value === constant) === isEqual;
  };
}

function equal(
  isEqual: boolean,
  matches: (a: Numeric, b: Numeric) => boolean,
  left: Eval<Numeric>,
  right: Eval<Numeric>,
  missing: boolean | null,
): Eval<boolean> {
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    if (a === null) return missing;
    const b = right(row, context, gathered);
    return b === null ? missing : matches(a, b) === isEqual;
  };
}

function texts(
  sign: CompareSign,
  left: Eval<string>,
  right: Eval<string>,
  missing: boolean | null,
): Eval<boolean> {
  const test = TEXT_TESTS[sign];
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    if (a === null) return missing;
    const b = right(row, context, gathered);
    return b === null ? missing : test(a, b);
  };
}

const TEXT_TESTS: Readonly<Record<CompareSign, (a: string, b: string) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': isTextBefore,
  '<=': (a, b) => !isTextBefore(b, a),
  '>': (a, b) => isTextBefore(b, a),
  '>=': (a, b) => !isTextBefore(a, b),
};

function order(
  compiler: Compiler,
  sign: CompareSign,
  left: Tree,
  right: Tree,
  missing: boolean | null,
): Eval<boolean> {
  const constant = right.op === 'constant' ? right.value : null;
  if (left.op === 'column' && typeof constant === 'number') {
    return columnOrder(sign, left.index, constant, missing);
  }
  const [first, second] = [compiler.number(left), compiler.number(right)];
  switch (sign) {
    case '<':
      return (row, context, gathered) => {
        const a = first(row, context, gathered);
        const b = second(row, context, gathered);
        return a === null || b === null ? missing : a < b;
      };
    case '<=':
      return (row, context, gathered) => {
        const a = first(row, context, gathered);
        const b = second(row, context, gathered);
        return a === null || b === null ? missing : a <= b;
      };
    case '>':
      return (row, context, gathered) => {
        const a = first(row, context, gathered);
        const b = second(row, context, gathered);
        return a === null || b === null ? missing : a > b;
      };
    default:
      return (row, context, gathered) => {
        const a = first(row, context, gathered);
        const b = second(row, context, gathered);
        return a === null || b === null ? missing : a >= b;
      };
  }
}

function columnOrder(
  sign: CompareSign,
  index: number,
  limit: number,
  missing: boolean | null,
): Eval<boolean> {
  const cell = (row: readonly Value[]): Numeric | null => (row[index] ?? null) as Numeric | null;
  switch (sign) {
    case '<':
      return (row) => {
        const value = cell(row);
        return value === null ? missing : value < limit;
      };
    case '<=':
      return (row) => {
        const value = cell(row);
        return value === null ? missing : value <= limit;
      };
    case '>':
      return (row) => {
        const value = cell(row);
        return value === null ? missing : value > limit;
      };
    default:
      return (row) => {
        const value = cell(row);
        return value === null ? missing : value >= limit;
      };
  }
}
