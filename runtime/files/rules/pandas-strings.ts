import { constant, mismatch } from './combine.ts';
import type { Pandas } from './pandas.ts';
import { first, takes, written } from './pandas-calls.ts';
import { refusedName } from './pandas-replacements.ts';
import { type Column, column } from './pandas-values.ts';
import { patternOf } from './pattern.ts';
import { unsupported } from './refusal.ts';
import type { CallSyntax } from './syntax.ts';
import type { PatternMode, Tree } from './tree.ts';

const MODES: Readonly<Record<string, PatternMode>> = {
  match: 'start',
  fullmatch: 'full',
  contains: 'search',
};

/** `df['c'].str.name(…)`. */
export function stringMethod(
  pandas: Pandas,
  { tree: of, mask }: Column,
  name: string,
  call: CallSyntax,
): Column {
  const { at } = call;
  if (of.kind !== 'text' && of.kind !== 'null') throw mismatch(`.str.${name}`, at, of, { kind: 'text' });
  const base = { home: of.home, at };
  switch (name) {
    case 'match':
    case 'fullmatch':
    case 'contains':
      return column(orMissing(pandas, matching(pandas, of, name, call), call), mask);
    case 'startswith':
    case 'endswith':
      return column(orMissing(pandas, edges(pandas, of, name, call), call), mask);
    case 'len':
      takes(call, name, 0, 0);
      return column({ ...base, op: 'length', of, kind: 'int' }, mask);
    case 'strip':
    case 'lower':
    case 'upper':
      takes(call, name, 0, 0);
      return column(
        { ...base, op: 'text', name: name === 'strip' ? 'trim' : name, of, args: [], kind: 'text' },
        mask,
      );
    default:
      throw refusedName(name, at);
  }
}

/** `contains` with regex=False looks for the text itself. */
function matching(pandas: Pandas, of: Tree, name: string, call: CallSyntax): Tree {
  const { at } = call;
  takes(call, name, 1, 1, name === 'contains' ? ['case', 'na', 'regex'] : ['case', 'na']);
  const { tree: arg } = pandas.column(first(call));
  const ignoresCase = written(call.named.get('case'), name) === false;
  if (written(call.named.get('regex'), name) === false) {
    if (ignoresCase || arg.kind !== 'text') throw unsupported(name, at, 'RULE_HINT_ARGUMENTS');
    return { op: 'textTest', name: 'includes', of, arg, kind: 'bool', home: of.home, at };
  }
  const pattern = patternOf(arg, name, at);
  return {
    op: 'pattern',
    of,
    pattern,
    mode: MODES[name] ?? 'search',
    ignoresCase,
    kind: 'bool',
    home: of.home,
    at,
  };
}

/** One text, or several in parentheses of which one must stand there. */
function edges(pandas: Pandas, of: Tree, name: string, call: CallSyntax): Tree {
  const { at } = call;
  takes(call, name, 1, 1, ['na']);
  const value = pandas.value(first(call));
  const texts = value.type === 'list' ? value.items : value.type === 'column' ? [value.tree] : [];
  const test = name === 'startswith' ? 'startsWith' : 'endsWith';
  const tests = texts.map((arg): Tree => {
    if (arg.op !== 'constant' || arg.kind !== 'text') throw unsupported(name, at, 'RULE_HINT_ARGUMENTS');
    return { op: 'textTest', name: test, of, arg, kind: 'bool', home: of.home, at };
  });
  if (tests.length === 0) throw unsupported(name, at, 'RULE_HINT_ARGUMENTS');
  return tests.reduce((left, right) => pandas.combine.join('or', left, right, at));
}

/** `na=` is the answer for empty cells. */
function orMissing({ combine }: Pandas, tree: Tree, call: CallSyntax): Tree {
  const missing = written(call.named.get('na'), 'na');
  if (missing === undefined || missing === null) return tree;
  if (typeof missing !== 'boolean') throw unsupported('na=', call.at, 'RULE_HINT_ARGUMENTS');
  return combine.coalesce([tree, constant(missing, 'bool', call.at)], call.at);
}
