import type { Conversation, RecordKey } from './record.ts';

export type CredentialLookup =
  /** `reference` undefined: the record of this company names no secret. */
  { readonly status: 'known'; readonly reference: string | undefined } | { readonly status: 'unknown' };

/** Reads of the conversations table. Throws `RepliesError` by class. */
export interface Conversations {
  /** The secret of a company's number; known ones are kept for 300 s, unknown ones for 60 s. */
  credentials(companyNumber: string): Promise<CredentialLookup>;
  /**
   * The conversation of a pair: of those whose project is active the newest that has not failed, else the newest.
   * From the index; from the table itself where the index lags.
   */
  find(companyNumber: string, userAddress: string): Promise<Conversation | undefined>;
  /** Consistent, under the key as given or with the other form of the address. */
  get(key: RecordKey): Promise<Conversation | undefined>;
}
