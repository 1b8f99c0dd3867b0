import type { LineQuery, LogEvidence, Reading } from '../../core/trace/reading.ts';
import type { Entry } from '../entry.ts';
import type { Conversation, RecordKey } from '../record.ts';
import type { StagedRow } from '../staged.ts';

/** A trigger in the dead-letter queue. */
export interface LetterEvidence extends RecordKey {
  readonly messageId: string;
}

/** A message of the human queue. */
export interface HumanEvidence extends RecordKey {
  readonly messageSids: readonly string[];
  readonly reason: string;
}

/** Until when something is held, epoch seconds. */
export interface LockEvidence {
  readonly triggerLockSeconds: number | undefined;
}

/** Where a trace looks; nothing is changed or taken. Each method throws when its source cannot be read. */
export interface TraceSources {
  /** How a conversation stands in the log. */
  referenceOf(conversationId: string): string;
  lines(query: LineQuery, sinceMillis: number): Promise<Reading<readonly LogEvidence[]>>;
  /** Lines in which the text stands anywhere. */
  naming(text: string, sinceMillis: number): Promise<Reading<readonly LogEvidence[]>>;
  /** By conversation id or number. */
  conversations(id: string): Promise<readonly Conversation[]>;
  conversation(key: RecordKey): Promise<Conversation | undefined>;
  archive(conversationId: string): Promise<readonly Entry[]>;
  staged(conversationId: string): Promise<readonly StagedRow[]>;
  /** Staged rows of all conversations, as far as the sweeper's index has them. */
  allStaged(): Promise<Reading<readonly StagedRow[]>>;
  locks(conversationId: string): Promise<LockEvidence>;
  deadLetters(): Promise<Reading<readonly LetterEvidence[]>>;
  humans(): Promise<Reading<readonly HumanEvidence[]>>;
}
