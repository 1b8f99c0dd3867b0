import type { StagedRow } from './staged.ts';

export type PutRowResult =
  | { readonly status: 'staged' }
  /** It was there before: go on with the row as it stands. */
  | { readonly status: 'exists'; readonly row: StagedRow };

/** Messages that wait for their turn. Throws `RepliesError` by class. */
export interface StageTable {
  /** Writes the row unless its sid is there already. */
  put(row: StagedRow): Promise<PutRowResult>;
  /** Every row of a conversation, in order of arrival; consistent, all pages. */
  list(conversationId: string): Promise<readonly StagedRow[]>;
  /** Deletes rows in batches of 25, with repetitions; resolves to how many could not be deleted. */
  remove(conversationId: string, messageSids: readonly string[]): Promise<number>;
  /** Deletes one row: the right for it is the webhook's and the sweeper's. */
  removeOne(conversationId: string, messageSid: string): Promise<void>;
  /** Rows that are due by the clock, oldest first, from the sparse index; `limit` is the most that are returned. */
  due(limit: number): Promise<readonly StagedRow[]>;
  /** Moves a row's next look; `isSwept` notes that it was triggered now. False when the row is gone. */
  pushDue(row: StagedRow, dueAtSeconds: number, isSwept: boolean): Promise<boolean>;
}
