import type { LogEvidence } from '../../core/trace/reading.ts';
import type { CapturedEvent } from '../captured-events.ts';
import type { Provider } from '../job.ts';

/** What the sources know of one message, before anything is concluded. Times are milliseconds since 1970. */
export interface MessageEvidence {
  readonly provider: Provider;
  /** The event as it stands in a log: hashed for WhatsApp. */
  readonly loggedId: string;
  readonly eventId?: string;
  readonly chatId?: string;
  /** The platform's time of the message, when a job, a letter or the ledger says it. */
  readonly sentAt?: string;
  /** The queue serialises, or (`drop`) an invocation is under way. */
  readonly isQueued: boolean;
  readonly ledger?: LedgerEvidence;
  readonly delivery?: DeliveryEvidence;
  readonly deadLetters: readonly LetterEvidence[];
  readonly captured: readonly CapturedEvent[];
  /** Lines about this event, oldest first. */
  readonly lines: readonly LogEvidence[];
  /** Lines `webhook_answered` of the requests that brought it, oldest first. */
  readonly requests: readonly LogEvidence[];
}

/** The event's row of `event_ledger` (contract bot §7.3 (a)). */
export interface LedgerEvidence {
  readonly eventId: string;
  readonly sentAt: string;
  readonly decidedAtMillis: number;
  /** The owner that decided. */
  readonly attempt: string;
  readonly rule: string;
  /** Parts of the stored reply; 0 also when it was emptied after its delivery. */
  readonly parts: number;
  readonly carriedBy?: string;
}

/** The delivery item (contract bot §7.3 (b)). */
export interface DeliveryEvidence {
  readonly chatId: string | undefined;
  readonly isDone: boolean;
  /** Part → provider's message id. */
  readonly accepted: ReadonlyMap<number, string>;
  readonly refusedAtMillis: ReadonlyMap<number, number>;
  readonly deliveredAtMillis: ReadonlyMap<number, number>;
  readonly readAtMillis: ReadonlyMap<number, number>;
  /** The user was told that it failed. */
  readonly isErrorTold: boolean;
}

/** A message of the dead-letter or on-failure queue. */
export interface LetterEvidence {
  readonly messageId: string;
  readonly provider: string;
  readonly eventId: string;
  readonly chatId: string;
  readonly sentAt: string;
}
