import type { NewEntry } from './entry.ts';
import type { Lease } from './lease.ts';
import type { Conversation, RecordKey } from './record.ts';
import type { RecordChange } from './record-change.ts';

/** What an append depends on. */
export type AppendGuard =
  /** The worker's: its lease, and `pending_turn` still of this turn. */
  | { readonly lease: Lease; readonly turnId: string }
  /** The webhook's and the sweeper's: none of these messages was processed. */
  | { readonly messageSids: readonly string[] };

export interface AppendRequest {
  readonly key: RecordKey;
  /** As last read; absent = it is read first. A stale one costs another try. */
  readonly conversation?: Conversation;
  readonly guard: AppendGuard;
  readonly entries: readonly NewEntry[];
  /** Inbound sids that count as processed from now on. */
  readonly processedSids: readonly string[];
  /** What else changes with the same write; `updated_at`, counters and sids are the append's own. */
  readonly change?: RecordChange;
}

export type AppendResult =
  | { readonly status: 'appended'; readonly archivedEntries: number }
  /** It was done before: the sids are processed, or the turn is committed. */
  | { readonly status: 'already' }
  /** The lease is another worker's, or the turn is another one. */
  | { readonly status: 'lost' }
  | { readonly status: 'missing' };

/** The one way in which entries come into a record (contract replies §4.8). Throws `RepliesError` by class. */
export type Append = (request: AppendRequest) => Promise<AppendResult>;
