import type { ArithmeticSign } from '../syntax.ts';
import type { TreeOf } from '../tree.ts';
import type { Compiler, Eval, Numeric } from './compiler.ts';
import { floorDivide, floorModulo, power, toSafe, whole } from './numbers.ts';

/** `+ - * / // % **` and the sign. What is no number (0/0) is null. */
export function arithmetic(compiler: Compiler, tree: TreeOf<'arithmetic'>): Eval<Numeric> {
  const left = compiler.number(tree.left);
  const right = compiler.number(tree.right);
  if (tree.kind === 'int') return wholeArithmetic(compiler, tree.sign, left, right);
  return decimalArithmetic(tree.sign, left, right);
}

export function negate(compiler: Compiler, tree: TreeOf<'negate'>): Eval<Numeric> {
  const of = compiler.number(tree.of);
  // Whole numbers have no minus zero.
  const isWhole = tree.kind === 'int';
  return (row, context, gathered) => {
    const value = of(row, context, gathered);
    if (value === null) return null;
    if (typeof value === 'bigint') return toSafe(-value);
    return isWhole ? 0 - value : -value;
  };
}

const orNull = (number: number): number | null => (Number.isNaN(number) ? null : number);

const DECIMAL: Readonly<Record<Exclude<ArithmeticSign, '+' | '-' | '*'>, (a: number, b: number) => number>> =
  {
    '/': (a, b) => a / b,
    '//': floorDivide,
    '%': floorModulo,
    '**': (a, b) => a ** b,
  };

/** The common signs each have a closure of their own, so that the engine of the language sees plain operations. */
function decimalArithmetic(sign: ArithmeticSign, left: Eval<Numeric>, right: Eval<Numeric>): Eval<Numeric> {
  switch (sign) {
    case '+':
      return (row, context, gathered) => {
        const a = left(row, context, gathered);
        if (a === null) return null;
        const b = right(row, context, gathered);
        return b === null ? null : orNull(Number(a) + Number(b));
      };
    case '-':
      return (row, context, gathered) => {
        const a = left(row, context, gathered);
        if (a === null) return null;
        const b = right(row, context, gathered);
        return b === null ? null : orNull(Number(a) - Number(b));
      };
    case '*':
      return (row, context, gathered) => {
        const a = left(row, context, gathered);
        if (a === null) return null;
        const b = right(row, context, gathered);
        return b === null ? null : orNull(Number(a) * Number(b));
      };
    default: {
      const operate = DECIMAL[sign];
      return (row, context, gathered) => {
        const a = left(row, context, gathered);
        if (a === null) return null;
        const b = right(row, context, gathered);
        return b === null ? null : orNull(operate(Number(a), Number(b)));
      };
    }
  }
}

type WholeSign = Exclude<ArithmeticSign, '/'>;

const WHOLE: Readonly<Record<WholeSign, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '//': floorDivide,
  '%': floorModulo,
  '**': power,
};

/** Exact: beyond 2^53 the result is computed again on bigints. */
function wholeArithmetic(
  compiler: Compiler,
  sign: ArithmeticSign,
  left: Eval<Numeric>,
  right: Eval<Numeric>,
): Eval<Numeric> {
  if (sign === '/') return decimalArithmetic(sign, left, right);
  const operate = WHOLE[sign];
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    if (a === null) return null;
    const b = right(row, context, gathered);
    if (b === null) return null;
    if (typeof a === 'number' && typeof b === 'number') {
      // Whole numbers have no minus zero: adding 0 takes its sign away.
      const result = operate(a, b) + 0;
      if (Number.isSafeInteger(result)) return result;
    }
    const exact = whole(sign, a, b);
    if (exact === undefined) throw compiler.fail('RULE_REASON_SIZE', context);
    return exact;
  };
}
