import type { Value } from '../../spec/types.ts';
import type { TreeOf } from '../tree.ts';
import type { Compiler, Eval } from './compiler.ts';
import { isNear } from './numbers.ts';

/** `in (…)` and `isin([…])`: equality with one of the values, with the tolerance of `==` for decimals. */
export function among(compiler: Compiler, tree: TreeOf<'among'>): Eval<boolean> {
  const of = compiler.value(tree.of);
  const values = tree.values.filter((value) => value !== null);
  const hasNull = values.length < tree.values.length;
  const isUnknown = compiler.nulls === 'unknown';
  const missing = isUnknown ? null : hasNull;
  const otherwise = isUnknown && hasNull ? null : false;
  const same = new Set(values);
  const isClose = closeTo(tree.near);
  return (row, context, gathered) => {
    const value = of(row, context, gathered);
    if (value === null) return missing;
    return same.has(value) || isClose?.(value) === true || otherwise;
  };
}

/** The values lie in order, so that only the neighbours are asked. */
function closeTo(values: readonly number[]): ((value: Value) => boolean) | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return (value) => {
    const number = Number(value);
    const place = lowerBound(sorted, number);
    const [before, after] = [sorted[place - 1], sorted[place]];
    return (after !== undefined && isNear(after, number)) || (before !== undefined && isNear(before, number));
  };
}

/** The first place whose value is not below. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
