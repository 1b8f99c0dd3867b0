import type { Value } from '../../spec/types.ts';
import type { Tree } from '../tree.ts';
import { aggregate } from './aggregates.ts';
import { among } from './among.ts';
import { arithmetic, negate } from './arithmetic.ts';
import { compare } from './comparisons.ts';
import type { Compiler, Eval } from './compiler.ts';
import { convert } from './convert.ts';
import { datePart, daysBetween, toDate } from './dates.ts';
import { choose, coalesce, isNull, junction, not } from './logic.ts';
import { member, repeated } from './relations.ts';
import { extreme, rounding } from './rounding.ts';
import { concat, length, pattern, textFunction, textTest } from './texts.ts';

/** Makes the closure of a typed tree (contract files §5.2). */
export function compileTree(compiler: Compiler, tree: Tree): Eval {
  switch (tree.op) {
    case 'constant':
      return constant(tree.value);
    case 'column':
      return column(tree.index);
    case 'rowNumber':
      return (_row, { rowNumber }) => rowNumber;
    case 'arithmetic':
      return arithmetic(compiler, tree);
    case 'negate':
      return negate(compiler, tree);
    case 'rounding':
      return rounding(compiler, tree);
    case 'extreme':
      return extreme(compiler, tree);
    case 'convert':
      return convert(compiler, tree);
    case 'compare':
      return compare(compiler, tree);
    case 'and':
    case 'or':
    case 'xor':
      return junction(compiler, tree);
    case 'not':
      return not(compiler, tree);
    case 'if':
      return choose(compiler, tree);
    case 'isNull':
      return isNull(compiler, tree);
    case 'coalesce':
      return coalesce(compiler, tree);
    case 'among':
      return among(compiler, tree);
    default:
      return compileRest(compiler, tree);
  }
}

type Rest =
  | 'length'
  | 'concat'
  | 'text'
  | 'textTest'
  | 'pattern'
  | 'toDate'
  | 'datePart'
  | 'daysBetween'
  | 'member'
  | 'repeated'
  | 'aggregate';

function compileRest(compiler: Compiler, tree: Extract<Tree, { op: Rest }>): Eval {
  switch (tree.op) {
    case 'length':
      return length(compiler, tree);
    case 'concat':
      return concat(compiler, tree);
    case 'text':
      return textFunction(compiler, tree);
    case 'textTest':
      return textTest(compiler, tree);
    case 'pattern':
      return pattern(compiler, tree);
    case 'toDate':
      return toDate(compiler, tree);
    case 'datePart':
      return datePart(compiler, tree);
    case 'daysBetween':
      return daysBetween(compiler, tree);
    case 'member':
      return member(compiler, tree);
    case 'repeated':
      return repeated(compiler, tree);
    case 'aggregate':
      return aggregate(compiler, tree);
  }
}

const constant =
  (value: Value): Eval =>
  () =>
    value;

const column =
  (index: number): Eval =>
  (row) =>
    row[index] ?? null;
