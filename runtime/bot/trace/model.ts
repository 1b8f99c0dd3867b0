import type { SourceReport as ReadingReport } from '../../core/trace/reading.ts';

/**
 * What became of messages, as `hookline trace` and the console show it (contract bot §15). Plain values: it may
 * be sent as JSON. It holds clear ids, so it is for the operator's eyes and never for a log.
 */

/** Where something was read. */
export type TraceSource =
  | 'log'
  | 'history'
  | 'delivery item'
  | 'queue'
  | 'dead letters'
  | 'captured events'
  | 'configuration';

/** How reading one source went. */
export type SourceReport = ReadingReport<TraceSource>;

/** What happened at one moment. */
export type StepKind =
  | 'received'
  | 'hand_off_failed'
  | 'handed_off'
  | 'ignored'
  | 'claimed'
  | 'decided'
  | 'part_begun'
  | 'part_refused'
  | 'part_accepted'
  | 'part_delivered'
  | 'part_read'
  | 'failed'
  | 'captured'
  | 'done'
  | 'skipped'
  /** The user was told why there is no answer (contract bot §7.9). */
  | 'notice'
  | 'dead_letter'
  | 'delivery_failed';

/** One line of a message's time line. */
export interface TraceStep {
  /** ISO 8601; absent when the source does not say: the step then stands where it belongs. */
  readonly at?: string;
  readonly kind: StepKind;
  readonly source: TraceSource;
  /** Which run of the worker, counted from 1 in the order of their first lines. */
  readonly attempt?: number;
  /** Which part of the reply, from 1. */
  readonly part?: number;
  /** What decided, ignored or stopped it (contract bot §6.8, §7.3). */
  readonly rule?: string;
  /** Anything else worth a word; never message text. */
  readonly detail?: string;
}

/**
 * What became of a message. Each has its sentence in `sentences.ts`; adding one without a sentence does not
 * compile.
 */
export type Outcome =
  /** Decided, and every part accepted, in the run that decided. */
  | 'answered'
  /** Decided in an earlier run; a later one sent the rest. */
  | 'resumed'
  /** A part was sent again after an unclear outcome. */
  | 'part_repeated'
  /** Its text went into the turn of another event, which carries the reply. */
  | 'merged'
  /** Decided, and there was nothing to say. */
  | 'no_reply'
  /** Kept in the history without asking the agent. */
  | 'stored'
  | 'taken_over'
  | 'spend_limit'
  | 'window_closed'
  | 'blocked'
  /** A part is unclear and waits for `failed resolve`. */
  | 'held'
  /** The platform refused a part for good. */
  | 'refused'
  /** Came again after it was done. */
  | 'duplicate'
  | 'busy'
  | 'too_old'
  | 'rate_limited'
  | 'not_allowed'
  | 'group_policy'
  | 'foreign_number'
  | 'unsupported'
  /** Ignored by a rule that this release does not know. */
  | 'ignored'
  /** It lies in the dead-letter queue. */
  | 'dead'
  /** The user was told that it failed. */
  | 'error_told'
  /** WhatsApp took a part and could not deliver it. */
  | 'undelivered'
  /** An attempt failed; it comes back by itself. */
  | 'coming_back'
  /** A worker began and no end is known. */
  | 'working'
  /** Handed off; no worker has begun. */
  | 'waiting'
  | 'not_handed_off'
  /** What could be read does not tell. */
  | 'unknown';

export interface Verdict {
  /** What became of it. */
  readonly outcome: Outcome;
  /** What decided, ignored or stopped it; absent when that is not known. */
  readonly rule?: string;
  /** What else happened on the way, for example `duplicate`. */
  readonly also: readonly Outcome[];
  /** All of it in plain words. */
  readonly sentence: string;
}

/** One message and all that became of it. */
export interface MessageTrace {
  /** The clear id where a source gave it, else the hash that stands in the log. */
  readonly eventId: string;
  readonly provider: string;
  readonly chatId?: string;
  /** In order of time. */
  readonly steps: readonly TraceStep[];
  readonly verdict: Verdict;
}

export interface TraceResult {
  /** The id that was asked for, and what it turned out to be. */
  readonly id: string;
  readonly matched: 'event' | 'message' | 'chat';
  /** How far back was looked, ISO 8601. */
  readonly since: string;
  /** Oldest first. */
  readonly messages: readonly MessageTrace[];
  /** How many older messages of the chat are left out. */
  readonly leftOut: number;
}

/** What a trace found, and how reading went also when it found nothing. */
export interface TraceAnswer {
  readonly found: TraceResult | undefined;
  readonly sources: readonly SourceReport[];
}
