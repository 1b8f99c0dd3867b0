import type { ExecutionRecord, ExecutionState } from './execution-record.ts';

/** What must stand in a record for a write. */
export interface Expected {
  readonly equal: Partial<ExecutionRecord>;
  readonly absent: readonly (keyof ExecutionRecord)[];
}

export interface RecordChange {
  readonly set: Partial<ExecutionRecord>;
  readonly remove?: readonly (keyof ExecutionRecord)[];
  /** When the record may be deleted, in epoch seconds. */
  readonly expiresAtSeconds?: number;
}

export type UpdateResult =
  | { readonly isDone: true; readonly record: ExecutionRecord }
  /** What stands there instead. */
  | { readonly isDone: false; readonly record: ExecutionRecord | undefined };

export interface TableQuery {
  /** Both inclusive, as `updated_at` is written. */
  readonly from: string;
  readonly until: string;
  /** Only those that name a manifest and have no `published_at`. */
  readonly isUnpublished: boolean;
}

/** Name of the index over `state` and `updated_at`, as `modules/files` makes it. */
export const STATE_INDEX = 'state-updated_at-index';

/** Records with conditional writes; each but `byState` is one call. */
export interface ExecutionTable {
  /** Only where none stands. */
  insert(record: ExecutionRecord, expiresAtSeconds: number): Promise<UpdateResult>;
  read(executionId: string): Promise<ExecutionRecord | undefined>;
  update(executionId: string, expected: Expected, change: RecordChange): Promise<UpdateResult>;
  /** In the order of `updated_at`. */
  byState(state: ExecutionState, query: TableQuery): AsyncIterable<ExecutionRecord>;
}
