import { describeError } from '../../core/errors.ts';
import type { CapturedEvent } from '../captured-events.ts';
import type { Provider } from '../job.ts';
import type { DeliveryEvidence, LedgerEvidence, LetterEvidence, LogEvidence } from './evidence.ts';
import type { SourceReport, TraceSource } from './model.ts';

/** What was read, and what could not be seen. */
export interface Reading<T> {
  readonly value: T;
  /** Absent: all of it was seen. */
  readonly note?: string;
}

/** A chat's history as far as a trace needs it. */
export interface HistoryEvidence {
  readonly ledger: readonly LedgerEvidence[];
  /** The platform's message id → event id, of the user's rows. */
  readonly eventOfMessage: ReadonlyMap<string, string>;
}

/** Fields of a log line, of which one must have one of the values. */
export type LineQuery = Readonly<Record<string, readonly string[]>>;

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

/** Reads sources one by one; one that fails is noted, and the others are read all the same. */
export class SourceReader {
  private readonly reports = new Map<TraceSource, SourceReport>();

  async read<T>(source: TraceSource, fallback: T, read: () => Promise<T>): Promise<T> {
    try {
      const value = await read();
      if (!this.reports.has(source)) this.reports.set(source, { source, status: 'read' });
      return value;
    } catch (error) {
      this.reports.set(source, { source, status: 'unread', note: describeError(error) });
      return fallback;
    }
  }

  /** The same for a source that may see only a part. */
  async readSome<T>(source: TraceSource, fallback: T, read: () => Promise<Reading<T>>): Promise<T> {
    const { value, note } = await this.read<Reading<T>>(source, { value: fallback }, read);
    if (note !== undefined && this.reports.get(source)?.status === 'read')
      this.reports.set(source, { source, status: 'partial', note });
    return value;
  }

  all(): SourceReport[] {
    return [...this.reports.values()];
  }
}
