import type { OutgoingPart } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Lock } from '../core/lock.ts';
import type { Log } from '../core/log.ts';
import type { Decided } from '../core/turn.ts';
import type { Usage } from './agent.ts';
import type { DeliveryTable } from './delivery.ts';
import type { FailedEvents } from './failed-events.ts';
import type { NewRow, StateChange } from './history-file.ts';
import type { HistoryStore, OpenHistory } from './history-store.ts';
import type { DecidedEvent } from './ledger.ts';

/** A reply and what is stored with it. */
export interface BotDecision extends Decided<OutgoingPart> {
  /** What decided: `agent`, `command`, … (contract bot §7.3). */
  readonly rule: string;
  readonly rows: readonly NewRow[];
  /** Empties the chat's rows first. */
  readonly clear: boolean;
  /** Changes of the chat's state, saved with the rows. */
  readonly state?: readonly StateChange[];
  /** What the turn's model calls used. */
  readonly usage?: Usage;
}

export interface JournalPorts {
  readonly histories: HistoryStore;
  /** Absent without a lock table: then nothing is known about deliveries. */
  readonly delivery: DeliveryTable | undefined;
  /** Only the drop policy takes a lock; a queue's message group serialises by itself. */
  readonly lock: Lock | undefined;
  readonly failedEvents: FailedEvents;
  /** Events this container has seen done; their stored replies need not stay in the history. Kept bounded. */
  readonly finished: Set<string>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface JournalOptions {
  /** Unique per invocation and event. */
  readonly owner: string;
  readonly lockTtlSeconds: number;
  /** When this invocation is over at the latest, epoch seconds. */
  readonly deadlineSeconds: number;
  readonly dedupeTtlSeconds: number;
  /** Failed attempts are counted on the event item where no queue counts them. */
  readonly countAttempts: boolean;
  /** The chat's history, when it was read already; the journal discards it. */
  readonly opened?: OpenHistory;
  /** What the ledger says of the event, when that was read already: nothing is fetched then. */
  readonly decided?: DecidedEvent;
}
