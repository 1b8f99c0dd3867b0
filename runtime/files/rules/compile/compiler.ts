import { FilesError } from '../../errors.ts';
import type { FilesCode } from '../../messages.ts';
import type { Rule, Value } from '../../spec/types.ts';
import type { Gather, RowContext } from '../plan.ts';
import type { Tree } from '../tree.ts';
import { keyOfTree } from '../tree-key.ts';

/** A piece of a rule made ready: its value for one row, null where it is unknown. */
export type Eval<T extends Value = Value> = (
  row: readonly Value[],
  context: RowContext,
  gathered: readonly unknown[],
) => T | null;

/** A whole number beyond 2^53 is a bigint, every other one a number. */
export type Numeric = number | bigint;

/** `false`: comparisons with null are false, as in pandas. `unknown`: null goes on, as in SQL. */
export type NullMeaning = 'false' | 'unknown';

type CompileTree = (compiler: Compiler, tree: Tree) => Eval;

/** The rows that a field rule sees: those where its field is filled. */
export interface FieldFilter {
  readonly catalog: string;
  readonly index: number;
}

/** Compiles the pieces of one rule and collects what must be gathered first. */
export class Compiler {
  readonly gathers: Gather[] = [];
  private readonly places = new Map<string, number>();
  /** What each gather in the making has asked for, the innermost last. */
  private readonly needed: Set<number>[] = [];

  constructor(
    readonly rule: Rule,
    readonly nulls: NullMeaning,
    readonly language: 'pandas' | 'sage',
    readonly fieldFilter: FieldFilter | undefined,
    private readonly compileTree: CompileTree,
  ) {}

  value(tree: Tree): Eval {
    return this.compileTree(this, tree);
  }

  number(tree: Tree): Eval<Numeric> {
    return this.value(tree) as Eval<Numeric>;
  }

  text(tree: Tree): Eval<string> {
    return this.value(tree) as Eval<string>;
  }

  /** Also for dates. */
  plainNumber(tree: Tree): Eval<number> {
    return this.value(tree) as Eval<number>;
  }

  boolean(tree: Tree): Eval<boolean> {
    return this.value(tree) as Eval<boolean>;
  }

  /** The place of a gather in the plan, made once for trees that mean the same. It starts after those it uses. */
  gather(name: string, tree: Tree, make: () => Omit<Gather, 'after'>): number {
    const key = `${name} ${keyOfTree(tree)}`;
    const place = this.places.get(key) ?? this.addGather(make);
    this.places.set(key, place);
    this.needed.at(-1)?.add(place);
    return place;
  }

  private addGather(make: () => Omit<Gather, 'after'>): number {
    const needed = new Set<number>();
    this.needed.push(needed);
    const made = make();
    this.needed.pop();
    return this.gathers.push({ ...made, after: [...needed].sort((a, b) => a - b) }) - 1;
  }

  /** What cannot be evaluated ends the rule. */
  fail(reason: Extract<FilesCode, `RULE_REASON_${string}`>, { line }: RowContext): FilesError {
    return new FilesError('RULE_RUNTIME', 'permanent', { rule: this.rule.id, line, reason });
  }
}

/** Where there is no row. */
export const NO_ROW: readonly Value[] = [];
export const NO_CONTEXT: RowContext = { rowNumber: 0, line: 0 };
