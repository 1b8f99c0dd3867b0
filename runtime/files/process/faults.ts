import type { FilesCode } from '../messages.ts';
import type { MessageValues, Rule, Severity } from '../spec/types.ts';

/** One thing that a row is checked for: a built-in check of a field, or a field or row rule. */
export interface Check {
  readonly code: FilesCode;
  readonly severity: Severity;
  /** Indexes of the fields whose values are shown; the first is the failure's field. */
  readonly fields: readonly number[];
  readonly values: MessageValues;
  readonly rule: Rule | undefined;
}

/** What is wrong with the rows of a batch. Used again for every batch: no fault makes an object. */
export class Faults {
  size = 0;
  /** Index of the row in its batch. */
  readonly rows: number[] = [];
  readonly checks: Check[] = [];
  /** For a repeated value the line of the first; else 0. */
  readonly firsts: number[] = [];

  add(row: number, check: Check, first = 0): void {
    const at = this.size++;
    this.rows[at] = row;
    this.checks[at] = check;
    this.firsts[at] = first;
  }

  clear(): void {
    this.size = 0;
  }
}
