import { isoDate } from '../dates.ts';
import type { Value } from '../spec/types.ts';
import { RuleRefusal, unsupported } from './refusal.ts';
import { homeOf, type Scope } from './scope.ts';
import type { ArithmeticSign, CompareSign } from './syntax.ts';
import { isNumber, type Kind, type Tree } from './tree.ts';

/** Puts typed trees together and checks that they fit; the same for both languages. */

export const constant = (value: string | number | bigint | boolean | null, kind: Kind, at: number): Tree => ({
  op: 'constant',
  value,
  kind,
  home: undefined,
  at,
});

/** Kinds that do not go together. */
export function mismatch(sign: string, at: number, ...trees: readonly Pick<Tree, 'kind'>[]): RuleRefusal {
  const [left, right = left] = trees;
  return new RuleRefusal('RULE_TYPE_MISMATCH', at, {
    sign,
    left: kindText(left?.kind ?? 'null'),
    right: kindText(right?.kind ?? 'null'),
  });
}

const kindText = (kind: Kind) => `RULE_KIND_${kind}` as const;

export class Combine {
  constructor(private readonly scope: Scope) {}

  arithmetic(sign: ArithmeticSign, first: Tree, second: Tree, at: number): Tree {
    if (sign === '+' && isText(first) && isText(second)) {
      return {
        op: 'concat',
        left: first,
        right: second,
        kind: 'text',
        home: homeOf([first, second], at),
        at,
      };
    }
    const [left, right] = [this.number(first, sign, at), this.number(second, sign, at)];
    const isWhole =
      left.kind === 'int' && right.kind === 'int' && sign !== '/' && !mayGiveFraction(sign, right);
    const kind = isWhole ? 'int' : 'num';
    return { op: 'arithmetic', sign, left, right, kind, home: homeOf([left, right], at), at };
  }

  negate(tree: Tree, at: number): Tree {
    const of = this.number(tree, '-', at);
    if (of.op === 'constant' && typeof of.value === 'number') return { ...of, value: 0 - of.value, at };
    if (of.op === 'constant' && typeof of.value === 'bigint') return { ...of, value: -of.value, at };
    return { op: 'negate', of, kind: of.kind, home: of.home, at };
  }

  compare(sign: CompareSign, first: Tree, second: Tree, at: number, isExact = false): Tree {
    const [left, right] = this.comparable(sign, first, second, at);
    return { op: 'compare', sign, left, right, isExact, kind: 'bool', home: homeOf([left, right], at), at };
  }

  /** Both ends belong to it, unless other signs say otherwise. */
  between(
    of: Tree,
    low: Tree,
    high: Tree,
    at: number,
    signs: readonly [CompareSign, CompareSign] = ['>=', '<='],
  ): Tree {
    return this.join('and', this.compare(signs[0], of, low, at), this.compare(signs[1], of, high, at), at);
  }

  /** Two yes-or-no columns of one catalog, row by row. */
  join(op: 'and' | 'or' | 'xor', left: Tree, right: Tree, at: number): Tree {
    for (const side of [left, right]) if (!isBoolean(side)) throw mismatch(op, at, left, right);
    return { op, left, right, kind: 'bool', home: homeOf([left, right], at), at };
  }

  /** The words `and` and `or`: sides of different catalogs are first reduced to "all rows". */
  logic(op: 'and' | 'or', left: Side, right: Side, at: number): Tree {
    const [first, second] = [left.tree.home, right.tree.home];
    const isOfRows = first !== undefined || second !== undefined;
    const crosses = first !== undefined && second !== undefined && first !== second;
    const reduces = crosses || isReduced(left.tree) || isReduced(right.tree);
    if (reduces || (isOfRows && this.scope.language === 'pandas')) {
      this.scope.lint('RULE_AMBIGUOUS_AND', at, { sign: op });
    }
    return reduces ? this.join(op, all(left), all(right), at) : this.join(op, left.tree, right.tree, at);
  }

  not(of: Tree, at: number): Tree {
    if (!isBoolean(of)) throw mismatch('not', at, of);
    return { op: 'not', of, kind: 'bool', home: of.home, at };
  }

  isNull(of: Tree, at: number): Tree {
    return { op: 'isNull', of, kind: 'bool', home: of.home, at };
  }

  choose(test: Tree, then: Tree, otherwise: Tree, at: number): Tree {
    if (!isBoolean(test)) throw mismatch('if', at, test);
    const kind = this.commonKind('if', [then, otherwise], at);
    return { op: 'if', test, then, otherwise, kind, home: homeOf([test, then, otherwise], at), at };
  }

  coalesce(of: readonly Tree[], at: number): Tree {
    return { op: 'coalesce', of, kind: this.commonKind('coalesce', of, at), home: homeOf(of, at), at };
  }

  /** A list has values only, written out. */
  among(of: Tree, items: readonly Tree[], at: number): Tree {
    const values: Value[] = [];
    const near: number[] = [];
    for (const item of items) {
      const [left, right] = this.comparable('in', of, item, at);
      if (right.op !== 'constant') throw unsupported('in', item.at, 'RULE_HINT_LIST');
      const isDecimal = isNumber(right) && (left.kind === 'num' || right.kind === 'num');
      if (isDecimal) near.push(Number(right.value));
      else values.push(right.value);
    }
    return { op: 'among', of, values, near, kind: 'bool', home: of.home, at };
  }

  /** Keys and their targets side by side; a text of a number is not that number. */
  member(keys: readonly Tree[], target: readonly Tree[], filter: Tree | undefined, at: number): Tree {
    const targetCatalog = homeOf(target, at);
    if (targetCatalog === undefined) throw unsupported('in', at, 'RULE_HINT_LIST');
    for (const [index, key] of keys.entries()) {
      const other = target[index];
      if (other !== undefined && !sameFamily(key, other)) throw mismatch('in', at, key, other);
    }
    return { op: 'member', keys, target, targetCatalog, filter, kind: 'bool', home: homeOf(keys, at), at };
  }

  /** A number, or a yes or no that pandas counts as 1 or 0. */
  number(tree: Tree, sign: string, at: number): Tree {
    if (isNumber(tree) || tree.kind === 'null') return tree;
    if (this.scope.language === 'pandas' && tree.kind === 'bool') return asWhole(tree);
    throw mismatch(sign, at, tree);
  }

  private comparable(sign: string, left: Tree, right: Tree, at: number): readonly [Tree, Tree] {
    if (left.kind === 'date' && right.kind === 'text') return [left, asDate(right, sign, left, at)];
    if (left.kind === 'text' && right.kind === 'date') return [asDate(left, sign, right, at), right];
    const isMixed = (isBoolean(left) && isNumber(right)) || (isNumber(left) && isBoolean(right));
    if (this.scope.language === 'pandas' && isMixed) {
      return [this.number(left, sign, at), this.number(right, sign, at)];
    }
    const isOrder = sign !== '==' && sign !== '!=' && sign !== 'in';
    if (!sameFamily(left, right) || (isOrder && left.kind === 'bool')) throw mismatch(sign, at, left, right);
    return [left, right];
  }

  private commonKind(sign: string, trees: readonly Tree[], at: number): Kind {
    const [first, ...rest] = trees.filter(({ kind }) => kind !== 'null');
    if (first === undefined) return 'null';
    for (const other of rest) if (!sameFamily(first, other)) throw mismatch(sign, at, first, other);
    return rest.some(({ kind }) => kind === 'num') ? 'num' : first.kind;
  }
}

/** One side of an `and`, with the rows it is about. */
interface Side {
  readonly tree: Tree;
  /** Undefined: all rows. */
  readonly mask?: Tree | undefined;
}

/** Whether every row of a column says yes; what is no column stays as it is. */
function all({ tree, mask }: Side): Tree {
  const { home: catalog, at } = tree;
  if (catalog === undefined) return tree;
  if (!isBoolean(tree)) throw mismatch('and', at, tree);
  const shape = { op: 'aggregate', name: 'all', kind: 'bool', home: undefined, by: [], at } as const;
  return { ...shape, catalog, of: [tree], filter: mask };
}

/** Whether it stands for sides of several catalogs that were reduced. */
function isReduced(tree: Tree): boolean {
  if (tree.op !== 'and' && tree.op !== 'or') return false;
  const { left, right } = tree;
  if (left.op === 'aggregate' && right.op === 'aggregate') {
    return left.name === 'all' && right.name === 'all' && left.catalog !== right.catalog;
  }
  return isReduced(left) || isReduced(right);
}

export const asWhole = (of: Tree): Tree => ({
  op: 'convert',
  of,
  isStrict: false,
  kind: 'int',
  home: of.home,
  at: of.at,
});

/** A date written as text: only as a value, so that it is checked once and at load. */
function asDate(text: Tree, sign: string, date: Tree, at: number): Tree {
  const instant = text.op === 'constant' && typeof text.value === 'string' ? isoDate(text.value) : undefined;
  if (instant === undefined) throw mismatch(sign, at, date, text);
  return constant(instant, 'date', text.at);
}

/** Whole numbers stay whole under a power only if it is a plain exponent from 0. */
function mayGiveFraction(sign: ArithmeticSign, right: Tree): boolean {
  if (sign !== '**') return false;
  return right.op !== 'constant' || typeof right.value !== 'number' || right.value < 0;
}

const isText = ({ kind }: Tree): boolean => kind === 'text' || kind === 'null';
const isBoolean = ({ kind }: Tree): boolean => kind === 'bool' || kind === 'null';

function sameFamily(left: Tree, right: Tree): boolean {
  if (left.kind === 'null' || right.kind === 'null') return true;
  return left.kind === right.kind || (isNumber(left) && isNumber(right));
}
