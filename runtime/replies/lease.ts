import type { Conversation, RecordKey } from './record.ts';
import type { RecordChange } from './record-change.ts';

/** The right to work on a conversation. Every write under it fails once another worker took it (contract replies §4.1). */
export interface Lease {
  /** As stored. */
  readonly key: RecordKey;
  readonly owner: string;
  readonly fence: number;
  readonly expiresAtSeconds: number;
}

export interface LeaseRequest extends RecordKey {
  /** Unique for each take. */
  readonly owner: string;
  readonly lengthSeconds: number;
}

export type TakeResult =
  /** `conversation` is the record after the write: no other read is needed. */
  | { readonly status: 'taken'; readonly lease: Lease; readonly conversation: Conversation }
  /** Another worker has it for so long at the most; `conversation` is what stands there. */
  | { readonly status: 'busy'; readonly remainingSeconds: number; readonly conversation: Conversation }
  | { readonly status: 'missing' };

/** `lost`: another worker has the lease. The other two: nothing was written because of the flag. */
export type FencedResult = 'written' | 'lost' | 'handed_off' | 'opted_out';

/** Who may work on a conversation. Throws `RepliesError` by class. */
export interface Leases {
  /** Under the key as given or with the other form of the address. Never makes a record. */
  take(request: LeaseRequest): Promise<TakeResult>;
  /** Undefined when it is lost. */
  renew(lease: Lease, lengthSeconds: number): Promise<Lease | undefined>;
  /**
   * Gives it back with what else changes. Without a status in `change` the one before the lease is restored.
   * False when it was lost.
   */
  release(lease: Lease, statusBeforeLock: string | undefined, change?: RecordChange): Promise<boolean>;
  /** Changes the record under the lease; `isSend`: only while neither handed off nor opted out. */
  update(lease: Lease, change: RecordChange, options?: { readonly isSend?: boolean }): Promise<FencedResult>;
}
