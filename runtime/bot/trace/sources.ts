import type { LineQuery, LogEvidence, Reading } from '../../core/trace/reading.ts';
import type { CapturedEvent } from '../captured-events.ts';
import type { Provider } from '../job.ts';
import type { DeliveryEvidence, LedgerEvidence, LetterEvidence } from './evidence.ts';

/** A chat's history as far as a trace needs it. */
export interface HistoryEvidence {
  readonly ledger: readonly LedgerEvidence[];
  /** The platform's message id → event id, of the user's rows. */
  readonly eventOfMessage: ReadonlyMap<string, string>;
}

/** Where a trace looks. Each method throws when its source cannot be read. */
export interface TraceSources {
  readonly provider: Provider;
  readonly isQueued: boolean;
  /** How a chat, user or WhatsApp message id stands in the log. */
  hash(id: string): string;
  /** Lines of both functions since then, oldest first. */
  lines(query: LineQuery, sinceMillis: number): Promise<Reading<readonly LogEvidence[]>>;
  history(chatId: string): Promise<HistoryEvidence | undefined>;
  /** The chat with this hash, among those that have a history. */
  chatOf(hash: string): Promise<string | undefined>;
  delivery(eventId: string): Promise<DeliveryEvidence | undefined>;
  deadLetters(): Promise<Reading<readonly LetterEvidence[]>>;
  /** Captured events since then that are about this event or message id; without an id, all. */
  captured(sinceMillis: number, id?: string): Promise<Reading<readonly CapturedEvent[]>>;
}
