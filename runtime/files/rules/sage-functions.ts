import { mismatch } from './combine.ts';
import { patternOf } from './pattern.ts';
import { replaceable, unsupported } from './refusal.ts';
import type { Sage } from './sage.ts';
import { sageAggregate } from './sage-aggregates.ts';
import { homeOf } from './scope.ts';
import type { CallSyntax } from './syntax.ts';
import type { DatePart, Kind, PatternMode, Rounding, TextFunction, TextTest, Tree } from './tree.ts';
import { isNumber } from './tree.ts';

/** The functions of the sage dialect, by name. */

interface Call {
  readonly sage: Sage;
  readonly syntax: CallSyntax;
  readonly name: string;
  readonly args: readonly Tree[];
  readonly at: number;
}

interface SageFunction {
  readonly least: number;
  readonly most: number;
  build(call: Call, first: Tree): Tree;
}

export function sageCall(sage: Sage, syntax: CallSyntax): Tree {
  const { of, at } = syntax;
  if (of.node !== 'name') throw unsupported('(', at);
  const { name } = of;
  if (name === 'exists_in') return existsIn(sage, syntax);
  const aggregate = sageAggregate(sage, name, syntax);
  if (aggregate !== undefined) return aggregate;
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) throw replaceableFunction(name, at);
  checkCount(name, syntax, known.least, known.most);
  const args = syntax.args.map((arg) => sage.tree(arg));
  const [first] = args;
  const call = { sage, syntax, name, args, at };
  return known.build(call, first ?? { op: 'rowNumber', kind: 'int', home: sage.scope.own?.id, at });
}

function checkCount(name: string, { args, by, at }: CallSyntax, least: number, most: number): void {
  if (by.length > 0) throw unsupported(`${name}(… by …)`, at);
  if (args.length < least || args.length > most)
    throw unsupported(`${name}(${args.length})`, at, 'RULE_HINT_ARGUMENTS');
}

const one = (build: SageFunction['build']): SageFunction => ({ least: 1, most: 1, build });
const some = (least: number, most: number, build: SageFunction['build']): SageFunction => ({
  least,
  most,
  build,
});

const FUNCTIONS: Readonly<Record<string, SageFunction>> = {
  len: one(({ name, at }, of) => ({
    op: 'length',
    of: kindOf(of, 'text', name),
    kind: 'int',
    home: of.home,
    at,
  })),
  lower: one((call) => textFunction(call, 'lower')),
  upper: one((call) => textFunction(call, 'upper')),
  trim: one((call) => textFunction(call, 'trim')),
  replace: some(3, 3, (call) => textFunction(call, 'replace', ['text', 'text'])),
  substr: some(2, 3, (call) => textFunction(call, 'substr', ['int', 'int'])),
  matches: some(2, 2, (call, of) => pattern(call, of, 'full')),
  contains: some(2, 2, (call) => textTest(call, 'includes')),
  starts_with: some(2, 2, (call) => textTest(call, 'startsWith')),
  ends_with: some(2, 2, (call) => textTest(call, 'endsWith')),
  to_number: one(({ at }, of) => ({ op: 'convert', of, isStrict: false, kind: 'num', home: of.home, at })),
  to_date: some(1, 2, toDate),
  year: one((call, of) => datePart(call, of, 'year')),
  month: one((call, of) => datePart(call, of, 'month')),
  day: one((call, of) => datePart(call, of, 'day')),
  weekday: one((call, of) => datePart(call, of, 'weekday')),
  days_between: some(2, 2, daysBetween),
  today: some(0, 0, ({ sage, at }) => sage.today(at)),
  abs: one((call, of) => rounding(call, of, 'abs')),
  floor: one((call, of) => rounding(call, of, 'floor')),
  ceil: one((call, of) => rounding(call, of, 'ceil')),
  round: some(1, 2, (call, of) => rounding(call, of, 'round')),
  min: some(2, 100, (call) => extreme(call, 'min')),
  max: some(2, 100, (call) => extreme(call, 'max')),
  coalesce: some(2, 100, ({ sage, args, at }) => sage.combine.coalesce(args, at)),
  if: some(3, 3, ifCall),
  exactly: some(2, 2, ({ sage, args, at }, first) =>
    sage.combine.compare('==', first, args[1] ?? first, at, true),
  ),
  row_number: some(0, 0, rowNumber),
};

const ELSEWHERE: Readonly<Record<string, string>> = {
  length: 'len',
  average: 'avg',
  mean: 'avg',
  std: 'stddev',
  isnull: 'is null',
  notnull: 'is not null',
  isin: 'in (…)',
  startswith: 'starts_with',
  endswith: 'ends_with',
  strip: 'trim',
  match: 'matches',
  now: 'today',
  nunique: 'distinct',
  exists: 'exists_in',
};

function replaceableFunction(name: string, at: number) {
  const replacement = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
  return replacement === undefined ? unsupported(`${name}()`, at) : replaceable(`${name}()`, at, replacement);
}

/** The tree itself, if it is of that kind or the null value. */
function kindOf(tree: Tree, kind: Kind, sign: string): Tree {
  if (tree.kind === kind || tree.kind === 'null' || (kind === 'num' && isNumber(tree))) return tree;
  throw mismatch(sign, tree.at, tree, { kind });
}

function textFunction({ name: word, args, at }: Call, name: TextFunction, kinds: readonly Kind[] = []): Tree {
  const [of, ...rest] = args;
  if (of === undefined) throw unsupported(word, at);
  for (const [index, arg] of rest.entries()) kindOf(arg, kinds[index] ?? 'text', word);
  return {
    op: 'text',
    name,
    of: kindOf(of, 'text', word),
    args: rest,
    kind: 'text',
    home: homeOf(args, at),
    at,
  };
}

function textTest({ name: word, args, at }: Call, name: TextTest): Tree {
  const [of, arg] = args;
  if (of === undefined || arg === undefined) throw unsupported(word, at);
  const home = homeOf(args, at);
  return {
    op: 'textTest',
    name,
    of: kindOf(of, 'text', word),
    arg: kindOf(arg, 'text', word),
    kind: 'bool',
    home,
    at,
  };
}

function pattern({ name, args, at }: Call, of: Tree, mode: PatternMode): Tree {
  const text = patternOf(args[1], name, at);
  return {
    op: 'pattern',
    of: kindOf(of, 'text', name),
    pattern: text,
    mode,
    ignoresCase: false,
    kind: 'bool',
    home: of.home,
    at,
  };
}

function toDate({ name, args, at }: Call, of: Tree): Tree {
  const [, format] = args;
  if (of.kind === 'date') return of;
  const isWritten = format === undefined || (format.op === 'constant' && typeof format.value === 'string');
  if (!isWritten) throw unsupported(name, at, 'RULE_HINT_ARGUMENTS');
  return {
    op: 'toDate',
    of: kindOf(of, 'text', name),
    format: format?.op === 'constant' ? String(format.value) : undefined,
    kind: 'date',
    home: of.home,
    at,
  };
}

const datePart = ({ name, at }: Call, of: Tree, part: DatePart): Tree => ({
  op: 'datePart',
  part,
  of: kindOf(of, 'date', name),
  kind: 'int',
  home: of.home,
  at,
});

function daysBetween({ name, args, at }: Call, left: Tree): Tree {
  const right = args[1] ?? left;
  kindOf(left, 'date', name);
  kindOf(right, 'date', name);
  return { op: 'daysBetween', left, right, kind: 'int', home: homeOf(args, at), at };
}

function rounding({ sage, name: word, args, at }: Call, tree: Tree, name: Rounding): Tree {
  const of = sage.combine.number(tree, word, at);
  const digits = wholeDigits(args[1], at);
  const kind = name === 'abs' || digits > 0 ? of.kind : 'int';
  return { op: 'rounding', name, of, digits, kind, home: of.home, at };
}

/** Decimals to round to: a written whole number from -15 to 15, 0 without one. */
export function wholeDigits(tree: Tree | undefined, at: number): number {
  if (tree === undefined) return 0;
  const value = tree.op === 'constant' ? tree.value : undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > 15) {
    throw unsupported('round', at, 'RULE_HINT_ARGUMENTS');
  }
  return value;
}

function extreme({ name, args, at }: Call, which: 'min' | 'max'): Tree {
  const [first, ...rest] = args;
  if (first === undefined) throw unsupported(name, at);
  for (const other of rest) {
    if (first.kind !== other.kind && !(isNumber(first) && isNumber(other)))
      throw mismatch(name, at, first, other);
  }
  if (first.kind === 'bool') throw mismatch(name, at, first);
  const kind = args.some((arg) => arg.kind === 'num') ? 'num' : first.kind;
  return { op: 'extreme', name: which, of: args, kind, home: homeOf(args, at), at };
}

function ifCall({ sage, args, at }: Call, test: Tree): Tree {
  const [, then = test, otherwise = test] = args;
  return sage.combine.choose(test, then, otherwise, at);
}

function rowNumber({ sage, name, at }: Call): Tree {
  const { own } = sage.scope;
  if (own === undefined) throw unsupported(name, at, 'RULE_HINT_ROW_NUMBER');
  return { op: 'rowNumber', kind: 'int', home: own.id, at };
}

/** `exists_in(a, catalog.b)`, with several columns in parentheses on both sides. */
function existsIn(sage: Sage, syntax: CallSyntax): Tree {
  checkCount('exists_in', syntax, 2, 2);
  const [keys, target] = syntax.args.map((arg) => sage.columns(arg));
  if (keys === undefined || target === undefined || keys.length !== target.length) {
    throw unsupported('exists_in', syntax.at, 'RULE_HINT_ARGUMENTS');
  }
  return sage.combine.member(keys, target, undefined, syntax.at);
}
