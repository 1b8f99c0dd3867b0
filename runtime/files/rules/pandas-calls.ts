import { asWhole, mismatch } from './combine.ts';
import type { Pandas } from './pandas.ts';
import { columnMethod, frameMethod } from './pandas-methods.ts';
import { refusedName } from './pandas-replacements.ts';
import { stringMethod } from './pandas-strings.ts';
import { type Column, column, type PandasValue } from './pandas-values.ts';
import { replaceable, unsupported } from './refusal.ts';
import { aggregate, resultKind } from './sage-aggregates.ts';
import { wholeDigits } from './sage-functions.ts';
import { homeOf } from './scope.ts';
import type { CallSyntax, Syntax } from './syntax.ts';
import { isNumber, type Kind, type Tree } from './tree.ts';

/** Calls of the pandas subset: `len(…)`, `pd.isnull(…)` and the methods. */
export function pandasCall(pandas: Pandas, call: CallSyntax): PandasValue {
  const { of, at } = call;
  if (of.node === 'name') return builtIn(pandas, of.name, call);
  if (of.node !== 'attribute') throw unsupported('(', at);
  if (of.of.node === 'name' && of.of.name === 'np') throw refusedName(of.name, of.at);
  const owner = pandas.value(of.of);
  switch (owner.type) {
    case 'pd':
      return pandasFunction(pandas, of.name, call);
    case 'str':
      if (owner.of.type !== 'column') throw refusedName(of.name, of.at);
      return stringMethod(pandas, owner.of, of.name, call);
    case 'column':
      return columnMethod(pandas, owner, of.name, call);
    case 'frame':
      return frameMethod(pandas, owner, of.name, call);
    default:
      throw refusedName(of.name, of.at);
  }
}

/** Checks how many plain arguments there are and which names the others have. */
export function takes(
  call: CallSyntax,
  name: string,
  least: number,
  most: number,
  named: readonly string[] = [],
): void {
  const { args, at } = call;
  for (const [key, { at: place }] of call.named) {
    if (!named.includes(key)) throw unsupported(`${name}(${key}=…)`, place);
  }
  if (args.length < least || args.length > most) {
    throw unsupported(`${name}(${args.length})`, at, 'RULE_HINT_ARGUMENTS');
  }
}

/** A written value; undefined where the argument is missing. */
export function written(
  syntax: Syntax | undefined,
  name: string,
): string | number | boolean | null | undefined {
  if (syntax === undefined) return undefined;
  if (syntax.node === 'unary' && syntax.sign === '-') {
    const value = written(syntax.of, name);
    if (typeof value === 'number') return -value;
  }
  if (syntax.node !== 'value' || typeof syntax.value === 'bigint') {
    throw unsupported(name, syntax.at, 'RULE_HINT_ARGUMENTS');
  }
  return syntax.value;
}

function pandasFunction(pandas: Pandas, name: string, call: CallSyntax): Column {
  if (!['isnull', 'notnull'].includes(name)) throw refusedName(name, call.at);
  takes(call, name, 1, 1);
  const { tree, mask } = pandas.column(first(call));
  const isNull = pandas.combine.isNull(tree, call.at);
  return column(name === 'isnull' ? isNull : pandas.combine.not(isNull, call.at), mask);
}

export function first({ args, at }: CallSyntax): Syntax {
  const [arg] = args;
  if (arg === undefined) throw unsupported('()', at, 'RULE_HINT_ARGUMENTS');
  return arg;
}

function builtIn(pandas: Pandas, name: string, call: CallSyntax): Column {
  switch (name) {
    case 'len':
      takes(call, name, 1, 1);
      return length(pandas, call);
    case 'abs':
    case 'round':
      takes(call, name, 1, name === 'abs' ? 1 : 2);
      return rounded(pandas, pandas.column(first(call)), name, call.args[1], call.at);
    case 'min':
    case 'max':
      takes(call, name, 1, 100);
      return extreme(pandas, name, call);
    case 'int':
    case 'float':
    case 'str':
    case 'bool': {
      takes(call, name, 1, 1);
      const value = pandas.column(first(call));
      if (value.tree.home !== undefined) throw replaceable(`${name}()`, call.at, `.astype(${name})`);
      return converted(pandas, value, name, call.at);
    }
    default:
      throw unsupported(`${name}()`, call.at);
  }
}

function length(pandas: Pandas, call: CallSyntax): Column {
  const { at } = call;
  const value = pandas.value(first(call));
  if (value.type === 'columns' && value.of.type === 'frame') return whole(value.of.columns.length, at);
  if (value.type === 'package') return whole(pandas.scope.package?.catalogs.length ?? 0, at);
  if (value.type === 'frame')
    return column(aggregate('rows', [], [], value.catalog.id, 'int', at, value.mask));
  if (value.type === 'column' && value.tree.home !== undefined) {
    return column(aggregate('rows', [], [], value.tree.home, 'int', at, value.mask));
  }
  throw unsupported('len()', at, 'RULE_HINT_ARGUMENTS');
}

const whole = (value: number, at: number): Column =>
  column({ op: 'constant', value, kind: 'int', home: undefined, at });

export function rounded(
  pandas: Pandas,
  value: Column,
  name: 'abs' | 'round',
  digits: Syntax | undefined,
  at: number,
): Column {
  const of = pandas.combine.number(value.tree, name, at);
  const places = digits === undefined ? 0 : wholeDigits(pandas.column(digits).tree, at);
  const rounding = name === 'abs' ? 'abs' : 'roundEven';
  return column(
    { op: 'rounding', name: rounding, of, digits: places, kind: of.kind, home: of.home, at },
    value.mask,
  );
}

/** Over a column it is the aggregate, over several values the least or greatest of them. */
function extreme(pandas: Pandas, name: 'min' | 'max', call: CallSyntax): Column {
  const { args, at } = call;
  const values = args.map((arg) => pandas.column(arg));
  const [only, ...others] = values;
  if (only !== undefined && others.length === 0) return reduce(only, name, name, at);
  if (values.some(({ tree }) => tree.home !== undefined))
    throw unsupported(`${name}()`, at, 'RULE_HINT_ARGUMENTS');
  const trees = values.map(({ tree }) => pandas.combine.number(tree, name, at));
  const kind = trees.some((tree) => tree.kind === 'num') ? 'num' : 'int';
  return column({ op: 'extreme', name, of: trees, kind, home: homeOf(trees, at), at });
}

/** One value of a column's rows; yes and no count as 1 and 0. */
export function reduce(
  { tree, mask }: Column,
  name: 'sum' | 'avg' | 'min' | 'max' | 'count' | 'distinct' | 'all' | 'any',
  word: string,
  at: number,
): Column {
  if (tree.home === undefined) throw unsupported(`${word}()`, at, 'RULE_HINT_COLUMN');
  const counts = name === 'sum' || name === 'avg' || name === 'min' || name === 'max';
  const of = counts && tree.kind === 'bool' ? asWhole(tree) : tree;
  return column(aggregate(name, [of], [], tree.home, resultKind(name, word, [of], at), at, mask));
}

const KINDS: Readonly<Record<string, Kind>> = {
  int: 'int',
  int64: 'int',
  float: 'num',
  float64: 'num',
  str: 'text',
  bool: 'bool',
};

/** `astype`: a text that is no number stops the rule, as it does in pandas. */
export function converted(pandas: Pandas, { tree, mask }: Column, name: string, at: number): Column {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) throw unsupported(`astype(${name})`, at);
  if (tree.kind === 'date' && kind !== 'text') throw mismatch('astype', at, tree, { kind });
  const isImplied = tree.kind === kind || (kind === 'num' && isNumber(tree));
  if (isImplied && tree.op === 'column') pandas.scope.lint('RULE_CAST_IMPLIED', at, { cast: name });
  if (tree.kind === kind) return column(tree, mask);
  const shape: Tree = { op: 'convert', of: tree, isStrict: true, kind, home: tree.home, at };
  return column(shape, mask);
}
