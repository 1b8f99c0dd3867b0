/** What an expression says, before anything is known of columns and types. `at` is its offset in the expression. */
export type Syntax = Node & {
  readonly at: number;
  /** Whether it stands in parentheses of its own. */
  readonly isEnclosed?: boolean;
};

type Node =
  | {
      readonly node: 'value';
      readonly value: number | bigint | string | boolean | null;
      readonly isWhole: boolean;
    }
  | { readonly node: 'name'; readonly name: string }
  | { readonly node: 'list'; readonly items: readonly Syntax[] }
  | { readonly node: 'unary'; readonly sign: UnarySign; readonly of: Syntax }
  | { readonly node: 'binary'; readonly sign: BinarySign; readonly left: Syntax; readonly right: Syntax }
  | { readonly node: 'compare'; readonly first: Syntax; readonly rest: readonly Comparison[] }
  | { readonly node: 'among'; readonly of: Syntax; readonly list: Syntax; readonly isNegated: boolean }
  | { readonly node: 'between'; readonly of: Syntax; readonly low: Syntax; readonly high: Syntax }
  | { readonly node: 'isNull'; readonly of: Syntax }
  | { readonly node: 'if'; readonly test: Syntax; readonly then: Syntax; readonly otherwise: Syntax }
  | { readonly node: 'attribute'; readonly of: Syntax; readonly name: string }
  | { readonly node: 'item'; readonly of: Syntax; readonly index: Syntax }
  | Call;

interface Call {
  readonly node: 'call';
  readonly of: Syntax;
  readonly args: readonly Syntax[];
  /** `name=value` arguments (pandas). */
  readonly named: ReadonlyMap<string, Syntax>;
  /** Columns after `by` (sage). */
  readonly by: readonly Syntax[];
}

export type CallSyntax = Extract<Syntax, Call>;
export type UnarySign = '-' | '+' | '~' | 'not';
export type ArithmeticSign = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type BinarySign = ArithmeticSign | '&' | '|' | '^' | 'and' | 'or';
export type CompareSign = '==' | '!=' | '<' | '<=' | '>' | '>=';

export interface Comparison {
  readonly sign: CompareSign;
  readonly right: Syntax;
  readonly at: number;
}
