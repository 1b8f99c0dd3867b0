import type { TreeOf } from '../tree.ts';
import type { Compiler, Eval, Numeric } from './compiler.ts';
import { roundHalfEven, roundHalfUp } from './numbers.ts';
import { beforeOf } from './order.ts';

/** `abs floor ceil round`, and `min max` of several values. */
export function rounding(compiler: Compiler, tree: TreeOf<'rounding'>): Eval<Numeric> {
  const of = compiler.number(tree.of);
  const operate = operation(tree);
  // Whole numbers have no minus zero: adding 0 takes its sign away.
  const zero = tree.kind === 'int' ? 0 : -0;
  return (row, context, gathered) => {
    const value = of(row, context, gathered);
    if (value === null) return null;
    const result = operate(value);
    return typeof result === 'number' ? result + zero : result;
  };
}

function operation({ name, digits }: TreeOf<'rounding'>): (value: Numeric) => Numeric {
  switch (name) {
    case 'abs':
      return (value) => (value < 0 ? -value : value);
    case 'floor':
      return (value) => (typeof value === 'bigint' ? value : Math.floor(value));
    case 'ceil':
      return (value) => (typeof value === 'bigint' ? value : Math.ceil(value));
    case 'round':
      return (value) => (isRound(value, digits) ? value : roundHalfUp(Number(value), digits));
    case 'roundEven':
      return (value) => (isRound(value, digits) ? value : roundHalfEven(Number(value), digits));
  }
}

const isRound = (value: Numeric, digits: number): boolean =>
  digits >= 0 && (typeof value === 'bigint' || Number.isInteger(value));

/** Null as soon as one of them is. */
export function extreme(compiler: Compiler, tree: TreeOf<'extreme'>): Eval {
  const values = tree.of.map((each) => compiler.value(each));
  const isBefore = beforeOf(tree.kind);
  const isLeast = tree.name === 'min';
  return (row, context, gathered) => {
    let best = null;
    for (const value of values) {
      const next = value(row, context, gathered);
      if (next === null) return null;
      if (best === null || (isLeast ? isBefore(next, best) : isBefore(best, next))) best = next;
    }
    return best;
  };
}
