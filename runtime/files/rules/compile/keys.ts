import type { Value } from '../../spec/types.ts';
import type { Tree } from '../tree.ts';
import type { Compiler, Eval } from './compiler.ts';

/** Values as texts that are equal when the values are, for sets and groups. */

const NULL_KEY = '\u0000';

/** A text beginning with NUL gets one more, so that none is the key of null. */
export function keyOf(value: Value): string {
  if (value === null) return NULL_KEY;
  if (typeof value === 'string') return value.startsWith(NULL_KEY) ? NULL_KEY + value : value;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return String(BigInt(value));
  }
  return String(value);
}

/** The key of several values together; `nulls: skip` gives null where one of them is null. */
export function keyOfAll(compiler: Compiler, trees: readonly Tree[], nulls: 'skip' | 'keep'): Eval<string> {
  const values = trees.map((tree) => compiler.value(tree));
  const [only] = values;
  const skips = nulls === 'skip';
  if (only !== undefined && values.length === 1) {
    return (row, context, gathered) => {
      const value = only(row, context, gathered);
      return value === null && skips ? null : keyOf(value);
    };
  }
  return (row, context, gathered) => {
    let key = '';
    for (const each of values) {
      const value = each(row, context, gathered);
      if (value === null && skips) return null;
      const part = keyOf(value);
      key += `${part.length}:${part}`;
    }
    return key;
  };
}
