import type { FilesCode } from '../messages.ts';
import type { MessageValues, Problem, Rule, Value } from '../spec/types.ts';

/** What a rule is compiled to, and what it asks of the engine that runs it (contract files §5). */

/** Where a row stands. The same object may be used again for the next row: nobody keeps it. */
export interface RowContext {
  /** The row's number among the catalog's rows, from 1. */
  rowNumber: number;
  /** Its physical first line in the file, from 1. */
  line: number;
}

/** A set of texts with exact answers, however large. */
export interface KeySet {
  /** Whether the key is new. */
  add(key: string): boolean;
  has(key: string): boolean;
}

export interface GatherResources {
  keySet(): KeySet;
}

/** One gather under way. */
export interface Gathering {
  /** Every row of the catalog, in the file's order. */
  add(row: readonly Value[], context: RowContext): void;
  /** What `test` and `verdict` are given in the gather's place. */
  finish(): unknown;
}

/** Something about all rows of a catalog: an aggregate, one value per group, a set of keys, the repeated rows. */
export interface Gather {
  readonly catalog: string;
  /** Places in the plan's `gathers` that must be finished before this one starts, all smaller than its own. */
  readonly after: readonly number[];
  /** `gathered` is the list that the finished gathers stand in; it is read while rows are added, too. */
  start(resources: GatherResources, gathered: readonly unknown[]): Gathering;
}

/** The columns that a rule reads of one catalog, as indexes of its `fields`, ascending. */
export interface CatalogColumns {
  readonly catalog: string;
  readonly columns: readonly number[];
}

/** Why a rule cannot run: one error on the rule, while all other rules go on. */
export interface RuleFault {
  readonly code: FilesCode;
  readonly values: MessageValues;
}

/**
 * A compiled rule. `test` and `verdict` may throw a FilesError with a rule-fatal code (RULE_RUNTIME). A plan with a
 * `fault` is never run: its `test` and `verdict` throw that fault.
 */
export interface RulePlan {
  readonly rule: Rule;
  /** The catalog whose rows are tested one by one; undefined: the rule gives one boolean. */
  readonly testsRowsOf: string | undefined;
  /** Every catalog that the rule depends on, with the columns it reads there. */
  readonly reads: readonly CatalogColumns[];
  /** To be finished, in an order that respects `after`, before the first `test` or `verdict`. */
  readonly gathers: readonly Gather[];
  readonly fault: RuleFault | undefined;
  /**
   * One row of `testsRowsOf`: true passes, false fails, null is not tested (the field of a field rule is empty, or
   * the row is outside the rule's filter) and counts neither for nor against `mostly`. What is unknown is decided
   * already, by the rule's `onNull` or its language.
   */
  test(row: readonly Value[], context: RowContext, gathered: readonly unknown[]): boolean | null;
  /** Whether a rule without rows holds. */
  verdict(gathered: readonly unknown[]): boolean;
}

export interface RuleSettings {
  /** The day of the execution: midnight UTC in milliseconds since 1970. */
  readonly today: number;
}

export interface CompiledRule {
  /** Undefined: a problem refuses the document. */
  readonly plan: RulePlan | undefined;
  readonly problems: readonly Problem[];
}
