import type { OutgoingPart } from '../channels/channel.ts';
import type { HistoryFile, LedgerRow } from './history-file.ts';
import type { Job } from './job.ts';
import type { BotDecision } from './journal.ts';

/** What the ledger knows of an event's turn. */
export interface DecidedEvent {
  /** The event that carries the reply and its delivery item: itself, or under merge the last of its turn. */
  readonly carrierId: string;
  readonly rule: string;
  /** Empty when there is nothing to send, or nothing left. */
  readonly parts: readonly OutgoingPart[];
}

/** How an event was decided; undefined when it was not. */
export function decidedEvent(file: HistoryFile, eventId: string): DecidedEvent | undefined {
  const row = file.ledgerRow(eventId);
  if (!row) return undefined;
  const carrier = row.carriedBy === undefined ? row : file.ledgerRow(row.carriedBy);
  return { carrierId: carrier?.eventId ?? eventId, rule: row.rule, parts: carrier?.parts ?? [] };
}

/** The rows of a turn's events: the last carries the reply, the others name it (contract bot §7.4). */
export function ledgerRows(jobs: readonly Job[], decision: BotDecision, owner: string): LedgerRow[] {
  const carrierId = jobs.at(-1)?.event_id;
  return jobs.map((job) => ({
    eventId: job.event_id,
    userId: job.user_id,
    sentAt: job.sent_at,
    attempt: owner,
    rule: decision.rule,
    ...(job.event_id === carrierId || carrierId === undefined
      ? { parts: decision.parts }
      : { parts: [], carriedBy: carrierId }),
  }));
}
