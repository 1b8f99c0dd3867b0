import type { Pandas } from './pandas.ts';
import { converted, first, reduce, rounded, takes, written } from './pandas-calls.ts';
import { refusedName } from './pandas-replacements.ts';
import { type Column, column, commonMask, type Frame, type PandasValue } from './pandas-values.ts';
import { unsupported } from './refusal.ts';
import type { CallSyntax, CompareSign, Syntax } from './syntax.ts';
import type { Tree } from './tree.ts';

const REDUCTIONS = {
  any: 'any',
  all: 'all',
  sum: 'sum',
  mean: 'avg',
  min: 'min',
  max: 'max',
  count: 'count',
  nunique: 'distinct',
} as const;
const isReduction = (name: string): name is keyof typeof REDUCTIONS => Object.hasOwn(REDUCTIONS, name);

/** `df['c'].name(…)`. */
export function columnMethod(pandas: Pandas, value: Column, name: string, call: CallSyntax): Column {
  const { at } = call;
  if (isReduction(name)) {
    takes(call, name, 0, 0);
    return reduce(value, REDUCTIONS[name], name, at);
  }
  if (isNullTest(name)) {
    takes(call, name, 0, 0);
    return column(nullTest(pandas, value.tree, name, at), value.mask);
  }
  switch (name) {
    case 'isin':
      takes(call, name, 1, 1);
      return isIn(pandas, value, first(call), at);
    case 'between':
      return between(pandas, value, call);
    case 'fillna':
      takes(call, name, 1, 1);
      return fill(pandas, value, first(call), at);
    case 'astype':
      takes(call, name, 1, 1);
      return converted(pandas, value, typeName(first(call)), at);
    case 'abs':
    case 'round':
      takes(call, name, 0, name === 'abs' ? 0 : 1);
      return rounded(pandas, value, name, call.args[0], at);
    case 'duplicated':
      return duplicated([value.tree], value.mask, call);
    default:
      throw refusedName(name, at);
  }
}

type NullTest = 'isnull' | 'isna' | 'notnull' | 'notna';
const isNullTest = (name: string): name is NullTest => ['isnull', 'isna', 'notnull', 'notna'].includes(name);

function nullTest({ combine }: Pandas, tree: Tree, name: NullTest, at: number): Tree {
  const isNull = combine.isNull(tree, at);
  return name.startsWith('is') ? isNull : combine.not(isNull, at);
}

/** `df[['a', 'b']].name(…)`: the null tests, over rows with axis=1, and repeated rows. */
export function frameMethod(pandas: Pandas, frame: Frame, name: string, call: CallSyntax): PandasValue {
  const { at } = call;
  if (isNullTest(name)) {
    takes(call, name, 0, 0);
    return { ...frame, columns: frame.columns.map((tree) => nullTest(pandas, tree, name, at)) };
  }
  if (name === 'duplicated') return duplicated(frame.columns, frame.mask, call);
  if (name !== 'all' && name !== 'any') throw refusedName(name, at);
  takes(call, name, 0, 0, ['axis']);
  if (written(call.named.get('axis'), name) !== 1) throw unsupported(`.${name}()`, at, 'RULE_HINT_AXIS');
  const joined = frame.columns.reduce((left, right) =>
    pandas.combine.join(name === 'all' ? 'and' : 'or', left, right, at),
  );
  return column(joined, frame.mask);
}

/** A list, or a column of any catalog. */
function isIn(pandas: Pandas, { tree, mask }: Column, list: Syntax, at: number): Column {
  const other = pandas.value(list);
  if (other.type === 'list') return column(pandas.combine.among(tree, other.items, at), mask);
  if (other.type !== 'column' || other.tree.home === undefined)
    throw unsupported('isin', at, 'RULE_HINT_LIST');
  return column(pandas.combine.member([tree], [other.tree], other.mask, at), mask);
}

function fill(pandas: Pandas, value: Column, by: Syntax, at: number): Column {
  const other = pandas.column(by);
  return column(pandas.combine.coalesce([value.tree, other.tree], at), commonMask([value, other], at));
}

const INCLUSIVE: Readonly<Record<string, readonly [CompareSign, CompareSign]>> = {
  both: ['>=', '<='],
  neither: ['>', '<'],
  left: ['>=', '<'],
  right: ['>', '<='],
};

function between(pandas: Pandas, value: Column, call: CallSyntax): Column {
  takes(call, 'between', 2, 2, ['inclusive']);
  const [low, high] = call.args.map((arg) => pandas.column(arg));
  const signs = INCLUSIVE[String(written(call.named.get('inclusive'), 'between') ?? 'both')];
  if (low === undefined || high === undefined || signs === undefined) {
    throw unsupported('between', call.at, 'RULE_HINT_ARGUMENTS');
  }
  const tree = pandas.combine.between(value.tree, low.tree, high.tree, call.at, signs);
  return column(tree, commonMask([value, low, high], call.at));
}

function typeName(syntax: Syntax): string {
  if (syntax.node === 'name') return syntax.name;
  if (syntax.node === 'value' && typeof syntax.value === 'string') return syntax.value;
  throw unsupported('astype', syntax.at, 'RULE_HINT_ARGUMENTS');
}

/** Repeated rows; with keep=False the first one, too. */
function duplicated(keys: readonly Tree[], filter: Tree | undefined, call: CallSyntax): Column {
  takes(call, 'duplicated', 0, 0, ['keep']);
  const keep = written(call.named.get('keep'), 'duplicated') ?? 'first';
  const home = keys[0]?.home;
  if (home === undefined || (keep !== 'first' && keep !== false)) {
    throw unsupported('duplicated(keep=…)', call.at, 'RULE_HINT_ARGUMENTS');
  }
  const isEvery = keep === false;
  return column({ op: 'repeated', keys, filter, isEvery, kind: 'bool', home, at: call.at }, filter);
}
