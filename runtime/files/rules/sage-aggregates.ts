import { mismatch } from './combine.ts';
import { RuleRefusal, unsupported } from './refusal.ts';
import type { Sage } from './sage.ts';
import { homeOf } from './scope.ts';
import type { CallSyntax } from './syntax.ts';
import { type AggregateFunction, isNumber, type Kind, type Tree } from './tree.ts';

/** The aggregates of the sage dialect: one value over all rows, or with `by` one per group. */

const NAMES: Readonly<Record<string, AggregateFunction>> = {
  sum: 'sum',
  avg: 'avg',
  min_of: 'min',
  max_of: 'max',
  count: 'count',
  count_if: 'countIf',
  distinct: 'distinct',
  unique: 'unique',
  stddev: 'stddev',
  median: 'median',
};

/** Undefined: the name is no aggregate. */
export function sageAggregate(sage: Sage, word: string, syntax: CallSyntax): Tree | undefined {
  const name = Object.hasOwn(NAMES, word) ? NAMES[word] : undefined;
  if (name === undefined) return undefined;
  const { at } = syntax;
  const by = syntax.by.map((column) => sage.tree(column));
  const rows = rowsOf(sage, name, syntax, by);
  if (rows !== undefined) return aggregate('rows', [], by, rows, 'int', at);
  const of = argumentsOf(sage, name, syntax);
  const catalog = homeOf([...of, ...by], at);
  if (catalog === undefined || of.length === 0) throw unsupported(`${word}()`, at, 'RULE_HINT_AGGREGATE');
  return aggregate(name, of, by, catalog, resultKind(name, word, of, at), at);
}

export function aggregate(
  name: AggregateFunction,
  of: readonly Tree[],
  by: readonly Tree[],
  catalog: string,
  kind: Kind,
  at: number,
  filter?: Tree,
): Tree {
  const home = by.length === 0 ? undefined : catalog;
  return { op: 'aggregate', name, catalog, of, filter, by, kind, home, at };
}

/** `count()` is the number of rows, in a package rule `count(catalog)`. */
function rowsOf(
  sage: Sage,
  name: AggregateFunction,
  { args, at }: CallSyntax,
  by: readonly Tree[],
): string | undefined {
  if (name !== 'count') return undefined;
  const [only] = args;
  if (only === undefined) {
    const catalog = sage.scope.own?.id ?? homeOf(by, at);
    if (catalog === undefined) throw unsupported('count()', at, 'RULE_HINT_AGGREGATE');
    return catalog;
  }
  const { own, spec } = sage.scope;
  const isCatalog = only.node === 'name' && own === undefined && spec.catalogs.has(only.name);
  return isCatalog ? sage.scope.catalog(only.name, only.at).id : undefined;
}

function argumentsOf(sage: Sage, name: AggregateFunction, { args }: CallSyntax): readonly Tree[] {
  const takesSeveral = name === 'distinct' || name === 'unique';
  if (takesSeveral) return args.flatMap((arg) => sage.columns(arg));
  return args.length === 1 ? args.map((arg) => sage.tree(arg)) : [];
}

/** What an aggregate of that argument gives; throws where it has no meaning. */
export function resultKind(name: AggregateFunction, word: string, of: readonly Tree[], at: number): Kind {
  const [first] = of;
  const kind = first?.kind ?? 'null';
  if (kind === 'null')
    throw new RuleRefusal('RULE_TYPE_MISMATCH', at, {
      sign: word,
      left: 'RULE_KIND_null',
      right: 'RULE_KIND_null',
    });
  switch (name) {
    case 'rows':
    case 'count':
    case 'distinct':
      return 'int';
    case 'unique':
    case 'uniqueWithNulls':
      return 'bool';
    case 'countIf':
    case 'all':
    case 'any':
      if (kind !== 'bool') throw mismatch(word, at, { kind }, { kind: 'bool' });
      return name === 'countIf' ? 'int' : 'bool';
    case 'min':
    case 'max':
      if (kind === 'bool') throw mismatch(word, at, { kind });
      return kind;
    default:
      if (!isNumber({ kind })) throw mismatch(word, at, { kind }, { kind: 'num' });
      return name === 'sum' ? kind : 'num';
  }
}
