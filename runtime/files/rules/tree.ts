import type { FieldType, Value } from '../spec/types.ts';
import type { ArithmeticSign, CompareSign } from './syntax.ts';

/** The typed tree that both languages give (contract files §5.2). */

/** `int` is a number without decimals, or a bigint; `null` is only the literal. */
export type Kind = 'int' | 'num' | 'text' | 'date' | 'bool' | 'null';

export const KIND_OF_FIELD: Readonly<Record<FieldType, Kind>> = {
  texto: 'text',
  decimal: 'num',
  entero: 'int',
  fecha: 'date',
  booleano: 'bool',
};

export type Tree = Node & {
  readonly kind: Kind;
  /** The catalog for whose rows it has a value each; undefined: one value for the run. */
  readonly home: string | undefined;
  /** Offset in the expression. */
  readonly at: number;
};

export type TextFunction = 'lower' | 'upper' | 'trim' | 'replace' | 'substr';
export type TextTest = 'startsWith' | 'endsWith' | 'includes';
export type Rounding = 'abs' | 'floor' | 'ceil' | 'round' | 'roundEven';
export type DatePart = 'year' | 'month' | 'day' | 'weekday';
export type PatternMode = 'start' | 'search' | 'full';

/** What is computed over all rows. `unique` and `uniqueWithNulls` differ in whether two nulls are a repetition. */
export type AggregateFunction =
  | 'rows'
  | 'count'
  | 'countIf'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'stddev'
  | 'median'
  | 'distinct'
  | 'unique'
  | 'uniqueWithNulls'
  | 'all'
  | 'any';

type Node =
  /** `isToday`: its value is the day of the execution. */
  | { readonly op: 'constant'; readonly value: Value; readonly isToday?: boolean }
  | { readonly op: 'column'; readonly catalog: string; readonly index: number }
  | { readonly op: 'rowNumber' }
  | { readonly op: 'arithmetic'; readonly sign: ArithmeticSign; readonly left: Tree; readonly right: Tree }
  | { readonly op: 'negate'; readonly of: Tree }
  | { readonly op: 'rounding'; readonly name: Rounding; readonly of: Tree; readonly digits: number }
  | { readonly op: 'extreme'; readonly name: 'min' | 'max'; readonly of: readonly Tree[] }
  | { readonly op: 'concat'; readonly left: Tree; readonly right: Tree }
  | Compare
  | { readonly op: 'and' | 'or' | 'xor'; readonly left: Tree; readonly right: Tree }
  | { readonly op: 'not'; readonly of: Tree }
  | { readonly op: 'if'; readonly test: Tree; readonly then: Tree; readonly otherwise: Tree }
  | { readonly op: 'isNull'; readonly of: Tree }
  | { readonly op: 'coalesce'; readonly of: readonly Tree[] }
  | Among
  | { readonly op: 'length'; readonly of: Tree }
  | { readonly op: 'text'; readonly name: TextFunction; readonly of: Tree; readonly args: readonly Tree[] }
  | { readonly op: 'textTest'; readonly name: TextTest; readonly of: Tree; readonly arg: Tree }
  | PatternTree
  | { readonly op: 'convert'; readonly of: Tree; readonly isStrict: boolean }
  | { readonly op: 'toDate'; readonly of: Tree; readonly format: string | undefined }
  | { readonly op: 'datePart'; readonly part: DatePart; readonly of: Tree }
  | { readonly op: 'daysBetween'; readonly left: Tree; readonly right: Tree }
  | Member
  | Repeated
  | Aggregate;

interface Compare {
  readonly op: 'compare';
  readonly sign: CompareSign;
  readonly left: Tree;
  readonly right: Tree;
  /** Numbers: `==` and `!=` to the last bit instead of with the tolerance. */
  readonly isExact: boolean;
}

/** Equality with one of the values; with those of `near` as decimals have it, with a tolerance. */
interface Among {
  readonly op: 'among';
  readonly of: Tree;
  readonly values: readonly Value[];
  readonly near: readonly number[];
}

interface PatternTree {
  readonly op: 'pattern';
  readonly of: Tree;
  readonly pattern: string;
  readonly mode: PatternMode;
  readonly ignoresCase: boolean;
}

/** Whether the keys of a row are among those of another catalog's rows. */
interface Member {
  readonly op: 'member';
  readonly keys: readonly Tree[];
  readonly target: readonly Tree[];
  readonly targetCatalog: string;
  /** Which rows of the target count; undefined: all. */
  readonly filter: Tree | undefined;
}

/** Whether the keys of a row stood in an earlier row; `isEvery`: or in a later one. */
interface Repeated {
  readonly op: 'repeated';
  readonly keys: readonly Tree[];
  readonly filter: Tree | undefined;
  readonly isEvery: boolean;
}

interface Aggregate {
  readonly op: 'aggregate';
  readonly name: AggregateFunction;
  readonly catalog: string;
  /** Empty for `rows`; several only for `distinct` and the unique ones. */
  readonly of: readonly Tree[];
  readonly filter: Tree | undefined;
  /** Not empty: one result per group, and each row has that of its own. */
  readonly by: readonly Tree[];
}

export type TreeOf<Op extends Tree['op']> = Extract<Tree, { readonly op: Op }>;

export const isNumber = ({ kind }: Pick<Tree, 'kind'>): boolean => kind === 'int' || kind === 'num';

/** The trees right below one. */
export function childrenOf(tree: Tree): readonly Tree[] {
  switch (tree.op) {
    case 'constant':
    case 'column':
    case 'rowNumber':
      return [];
    case 'arithmetic':
    case 'concat':
    case 'compare':
    case 'and':
    case 'or':
    case 'xor':
    case 'daysBetween':
      return [tree.left, tree.right];
    case 'extreme':
    case 'coalesce':
      return tree.of;
    case 'if':
      return [tree.test, tree.then, tree.otherwise];
    case 'text':
      return [tree.of, ...tree.args];
    case 'textTest':
      return [tree.of, tree.arg];
    case 'member':
      return [...tree.keys, ...tree.target, ...optional(tree.filter)];
    case 'repeated':
      return [...tree.keys, ...optional(tree.filter)];
    case 'aggregate':
      return [...tree.of, ...optional(tree.filter), ...tree.by];
    default:
      return [tree.of];
  }
}

const optional = (tree: Tree | undefined): readonly Tree[] => (tree === undefined ? [] : [tree]);

/** A tree and all below it. */
export function* walk(tree: Tree): Iterable<Tree> {
  yield tree;
  for (const child of childrenOf(tree)) yield* walk(child);
}
