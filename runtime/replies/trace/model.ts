import type { SourceReport } from '../../core/trace/reading.ts';

/**
 * What became of messages, as `hookline replies trace` shows it (contract replies §14). Plain values without message
 * text; conversation ids are clear, so it is for the operator's eyes and never for a log.
 */

/** Where something was read. */
export type TraceSource =
  | 'log'
  | 'record'
  | 'archive'
  | 'stage table'
  | 'locks'
  | 'dead letters'
  | 'human queue';

/** What happened at one moment. */
export type StepKind =
  | 'received'
  | 'refused'
  | 'staged'
  | 'repeated'
  | 'triggered'
  | 'deferred'
  | 'leased'
  | 'decided'
  | 'part_begun'
  | 'part_settled'
  | 'part_accepted'
  /** What Twilio reported: sent, delivered, read. */
  | 'part_status'
  | 'part_failed'
  | 'failed'
  | 'recorded'
  | 'finished'
  | 'human_told'
  | 'dead_letter'
  /** How it stands now. */
  | 'standing';

/** One line of a message's time line. */
export interface TraceStep {
  /** ISO 8601; absent when the source does not say: it stands at the end then. */
  readonly at?: string;
  readonly kind: StepKind;
  readonly source: TraceSource;
  /** How often the queue had delivered the trigger. */
  readonly attempt?: number;
  /** Which part of the reply, from 1. */
  readonly part?: number;
  readonly rule?: string;
  /** Anything else worth a word. */
  readonly detail?: string;
}

export interface Verdict {
  /** The rule that decided (contract replies §14); absent while nothing is decided. */
  readonly rule?: string;
  /** In plain words what became of it and what to do. */
  readonly sentence: string;
}

/** One message of a user and all that became of it. */
export interface MessageTrace {
  readonly messageSid: string;
  readonly conversationId?: string;
  readonly turnId?: string;
  /** In order of time. */
  readonly steps: readonly TraceStep[];
  readonly verdict: Verdict;
}

export interface TraceAnswer {
  /** Undefined: nobody knows the id. */
  readonly found:
    | {
        readonly id: string;
        /** How far back was looked, ISO 8601. */
        readonly since: string;
        /** Oldest first. */
        readonly messages: readonly MessageTrace[];
        /** How many older messages are left out. */
        readonly leftOut: number;
      }
    | undefined;
  readonly sources: readonly SourceReport<TraceSource>[];
}
