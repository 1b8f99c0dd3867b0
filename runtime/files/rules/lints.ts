import type { Scope } from './scope.ts';
import { type Tree, walk } from './tree.ts';

/** Remarks on a rule that works (contract files §4.1): it repeats a check, or joins several relations. */
export function lintTree(tree: Tree, scope: Scope): void {
  const check = repeatedCheck(tree, scope);
  if (check !== undefined) scope.lint('RULE_REPEATS_CHECK', tree.at, { check });
  const relations = new Set<string>();
  for (const each of walk(tree))
    if (each.op === 'member') relations.add(`${each.home} ${each.targetCatalog}`);
  if (relations.size > 1) scope.lint('RULE_SEVERAL_RELATIONS', tree.at, { count: relations.size });
}

/** The built-in check that a rule says again; the whole rule, or the column it takes "all" of. */
function repeatedCheck(tree: Tree, scope: Scope): 'required' | 'unique' | undefined {
  if (tree.op === 'aggregate') {
    const [only, more] = tree.of;
    if (only === undefined || more !== undefined || tree.by.length > 0 || tree.filter !== undefined)
      return undefined;
    if (tree.name === 'all') return repeatedCheck(only, scope);
    const isUnique = tree.name === 'unique' || tree.name === 'uniqueWithNulls';
    return isUnique && fieldOf(only, scope)?.isUnique === true ? 'unique' : undefined;
  }
  if (tree.op !== 'not') return undefined;
  const { of } = tree;
  if (of.op === 'isNull' && fieldOf(of.of, scope)?.isRequired === true) return 'required';
  const [key, more] = of.op === 'repeated' ? of.keys : [];
  const isUnique = key !== undefined && more === undefined && fieldOf(key, scope)?.isUnique === true;
  return isUnique ? 'unique' : undefined;
}

const fieldOf = (tree: Tree, { spec }: Scope) =>
  tree.op === 'column' ? spec.catalogs.get(tree.catalog)?.fields[tree.index] : undefined;
