import type { TreeOf } from '../tree.ts';
import type { Compiler, Eval } from './compiler.ts';

/** `and or not xor`, the choice and what asks for null. Null is false in pandas, unknown otherwise (Kleene). */
export function junction(compiler: Compiler, tree: TreeOf<'and' | 'or' | 'xor'>): Eval<boolean> {
  const left = compiler.boolean(tree.left);
  const right = compiler.boolean(tree.right);
  const isUnknown = compiler.nulls === 'unknown';
  switch (tree.op) {
    case 'and':
      return isUnknown ? unknownAnd(left, right) : plainAnd(left, right);
    case 'or':
      return isUnknown ? unknownOr(left, right) : plainOr(left, right);
    case 'xor':
      return (row, context, gathered) => {
        const a = left(row, context, gathered);
        const b = right(row, context, gathered);
        if (isUnknown && (a === null || b === null)) return null;
        return (a === true) !== (b === true);
      };
  }
}

const plainAnd =
  (left: Eval<boolean>, right: Eval<boolean>): Eval<boolean> =>
  (row, context, gathered) =>
    left(row, context, gathered) === true && right(row, context, gathered) === true;

const plainOr =
  (left: Eval<boolean>, right: Eval<boolean>): Eval<boolean> =>
  (row, context, gathered) =>
    left(row, context, gathered) === true || right(row, context, gathered) === true;

function unknownAnd(left: Eval<boolean>, right: Eval<boolean>): Eval<boolean> {
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    if (a === false) return false;
    const b = right(row, context, gathered);
    return a === true || b === false ? b : null;
  };
}

function unknownOr(left: Eval<boolean>, right: Eval<boolean>): Eval<boolean> {
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    if (a === true) return true;
    const b = right(row, context, gathered);
    return a === false || b === true ? b : null;
  };
}

export function not(compiler: Compiler, tree: TreeOf<'not'>): Eval<boolean> {
  const of = compiler.boolean(tree.of);
  const missing = compiler.nulls === 'unknown' ? null : true;
  return (row, context, gathered) => {
    const value = of(row, context, gathered);
    return value === null ? missing : !value;
  };
}

export function choose(compiler: Compiler, tree: TreeOf<'if'>): Eval {
  const test = compiler.boolean(tree.test);
  const then = compiler.value(tree.then);
  const otherwise = compiler.value(tree.otherwise);
  const isUnknown = compiler.nulls === 'unknown';
  return (row, context, gathered) => {
    const answer = test(row, context, gathered);
    if (answer === null && isUnknown) return null;
    return answer === true ? then(row, context, gathered) : otherwise(row, context, gathered);
  };
}

export function isNull(compiler: Compiler, tree: TreeOf<'isNull'>): Eval<boolean> {
  const of = compiler.value(tree.of);
  return (row, context, gathered) => of(row, context, gathered) === null;
}

/** The first value that is there. */
export function coalesce(compiler: Compiler, tree: TreeOf<'coalesce'>): Eval {
  const values = tree.of.map((each) => compiler.value(each));
  return (row, context, gathered) => {
    for (const each of values) {
      const value = each(row, context, gathered);
      if (value !== null) return value;
    }
    return null;
  };
}
