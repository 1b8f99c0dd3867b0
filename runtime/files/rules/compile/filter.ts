import type { Gathering } from '../plan.ts';
import type { Tree } from '../tree.ts';
import type { Compiler, Eval } from './compiler.ts';

/**
 * Which rows of a catalog count: those of the rule's own filter and, in a field rule, those where its field is
 * filled. Undefined: all.
 */
export function filterOf(
  compiler: Compiler,
  catalog: string,
  filter: Tree | undefined,
  obeysField: boolean,
): Eval<boolean> | undefined {
  const own = filter === undefined ? undefined : compiler.boolean(filter);
  const field = compiler.fieldFilter;
  if (field === undefined || field.catalog !== catalog || !obeysField) return own;
  const { index } = field;
  const isFilled: Eval<boolean> = (row) => (row[index] ?? null) !== null;
  if (own === undefined) return isFilled;
  return (row, context, gathered) => isFilled(row, context, gathered) === true && own(row, context, gathered);
}

/** The gathering of those rows alone. */
export function filtered(
  gathering: Gathering,
  filter: Eval<boolean> | undefined,
  gathered: readonly unknown[],
): Gathering {
  if (filter === undefined) return gathering;
  return {
    add(row, context) {
      if (filter(row, context, gathered) === true) gathering.add(row, context);
    },
    finish: () => gathering.finish(),
  };
}
