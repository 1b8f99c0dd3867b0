import { DAY_MS, datePattern, isoDate } from '../../dates.ts';
import type { TreeOf } from '../tree.ts';
import type { Compiler, Eval } from './compiler.ts';

/** Dates: parts are those of the UTC calendar. */

export function toDate(compiler: Compiler, tree: TreeOf<'toDate'>): Eval<number> {
  const of = compiler.text(tree.of);
  const read = tree.format === undefined ? isoDate : datePattern(tree.format);
  return (row, context, gathered) => {
    const text = of(row, context, gathered);
    return text === null ? null : (read(text) ?? null);
  };
}

const PARTS: Readonly<Record<TreeOf<'datePart'>['part'], (instant: number) => number>> = {
  year: (instant) => new Date(instant).getUTCFullYear(),
  month: (instant) => new Date(instant).getUTCMonth() + 1,
  day: (instant) => new Date(instant).getUTCDate(),
  // 1 January 1970 was a Thursday; Monday is 1, Sunday is 7.
  weekday: (instant) => ((((Math.floor(instant / DAY_MS) + 3) % 7) + 7) % 7) + 1,
};

export function datePart(compiler: Compiler, tree: TreeOf<'datePart'>): Eval<number> {
  const of = compiler.plainNumber(tree.of);
  const part = PARTS[tree.part];
  return (row, context, gathered) => {
    const instant = of(row, context, gathered);
    return instant === null ? null : part(instant);
  };
}

/** Whole calendar days from the first to the second. */
export function daysBetween(compiler: Compiler, tree: TreeOf<'daysBetween'>): Eval<number> {
  const left = compiler.plainNumber(tree.left);
  const right = compiler.plainNumber(tree.right);
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    const b = right(row, context, gathered);
    return a === null || b === null ? null : Math.floor(b / DAY_MS) - Math.floor(a / DAY_MS);
  };
}
