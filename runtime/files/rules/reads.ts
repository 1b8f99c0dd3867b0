import type { FieldFilter } from './compile/compiler.ts';
import type { CatalogColumns } from './plan.ts';
import { type Tree, walk } from './tree.ts';

/** The catalogs that trees depend on, with the columns they read there. */
export function readsOf(trees: readonly Tree[], field: FieldFilter | undefined): readonly CatalogColumns[] {
  const columns = new Map<string, Set<number>>();
  const of = (catalog: string): Set<number> => {
    const known = columns.get(catalog) ?? new Set<number>();
    columns.set(catalog, known);
    return known;
  };
  for (const tree of trees) {
    for (const each of walk(tree)) {
      if (each.home !== undefined) of(each.home);
      if (each.op === 'column') of(each.catalog).add(each.index);
      if (each.op === 'aggregate') of(each.catalog);
    }
  }
  if (field !== undefined) columns.get(field.catalog)?.add(field.index);
  return [...columns].map(([catalog, indexes]) => ({ catalog, columns: [...indexes].sort((a, b) => a - b) }));
}
