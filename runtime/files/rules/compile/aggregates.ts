import type { Value } from '../../spec/types.ts';
import type { Gather, Gathering, GatherResources } from '../plan.ts';
import type { TreeOf } from '../tree.ts';
import { type Accumulator, accumulatorOf } from './accumulators.ts';
import type { Compiler, Eval } from './compiler.ts';
import { filtered, filterOf } from './filter.ts';
import { keyOfAll } from './keys.ts';

type AggregateTree = TreeOf<'aggregate'>;

/** One value over all rows, or with `by` the one of the row's own group. */
export function aggregate(compiler: Compiler, tree: AggregateTree): Eval {
  const place = compiler.gather('aggregate', tree, () => gatherOf(compiler, tree));
  if (tree.by.length === 0) return (_row, _context, gathered) => gathered[place] as Value;
  const key = keyOfAll(compiler, tree.by, 'keep');
  return (row, context, gathered) => {
    const group = key(row, context, gathered);
    return group === null ? null : ((gathered[place] as ReadonlyMap<string, Value>).get(group) ?? null);
  };
}

function gatherOf(compiler: Compiler, tree: AggregateTree): Omit<Gather, 'after'> {
  const { name, catalog, by, of } = tree;
  const isOfKeys = name === 'distinct' || name === 'unique' || name === 'uniqueWithNulls';
  const value = isOfKeys
    ? keyOfAll(compiler, of, name === 'uniqueWithNulls' ? 'keep' : 'skip')
    : inputOf(compiler, tree);
  const group = by.length === 0 ? undefined : keyOfAll(compiler, by, 'keep');
  const filter = filterOf(compiler, catalog, tree.filter, true);
  const makes = (resources: GatherResources) =>
    accumulatorOf(
      name,
      of[0]?.kind ?? 'null',
      compiler.nulls,
      isOfKeys ? () => resources.keySet() : undefined,
    );
  return {
    catalog,
    start: (resources, gathered) => {
      const make = makes(resources);
      const total = group === undefined ? oneTotal(make('')) : groupTotals(make, group, gathered);
      return withFilter(total, value, filter, gathered);
    },
  };
}

const inputOf = (compiler: Compiler, { of: [only] }: AggregateTree): Eval =>
  only === undefined ? () => true : compiler.value(only);

interface Totals {
  add(value: Value, ...row: Parameters<Eval>): void;
  finish(): unknown;
}

function oneTotal(accumulator: Accumulator): Totals {
  return { add: (value) => accumulator.add(value), finish: () => accumulator.result() };
}

function groupTotals(
  make: (group: string) => Accumulator,
  group: Eval<string>,
  gathered: readonly unknown[],
): Totals {
  const groups = new Map<string, Accumulator>();
  return {
    add(value, row, context) {
      const key = group(row, context, gathered) ?? '';
      let accumulator = groups.get(key);
      if (accumulator === undefined) {
        accumulator = make(`${key.length}:${key}`);
        groups.set(key, accumulator);
      }
      accumulator.add(value);
    },
    finish: () => new Map([...groups].map(([key, accumulator]) => [key, accumulator.result()])),
  };
}

function withFilter(
  totals: Totals,
  value: Eval,
  filter: Eval<boolean> | undefined,
  gathered: readonly unknown[],
): Gathering {
  const gathering: Gathering = {
    add: (row, context) => totals.add(value(row, context, gathered), row, context, gathered),
    finish: () => totals.finish(),
  };
  return filtered(gathering, filter, gathered);
}
