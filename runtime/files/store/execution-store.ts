import type {
  ExecutionCounts,
  ExecutionRecord,
  ExecutionState,
  ExecutionTarget,
  NewExecution,
} from './execution-record.ts';

export type CreateResult =
  | { readonly status: 'created'; readonly record: ExecutionRecord }
  /** Another record stands there, untouched. */
  | { readonly status: 'exists'; readonly record: ExecutionRecord };

export type TransitionResult =
  | { readonly status: 'done'; readonly record: ExecutionRecord }
  /** The state machine has no such transition; logged. */
  | { readonly status: 'impossible'; readonly record: ExecutionRecord }
  /** The record moved on meanwhile (state, attempt, owner or epoch); what stands there now. */
  | { readonly status: 'refused'; readonly record: ExecutionRecord | undefined };

export interface HeartbeatResult {
  /** False: the record is another's or has moved on; stop. */
  readonly isOwn: boolean;
  /** Somebody asked to cancel the execution. */
  readonly isCancelled: boolean;
}

/** A verdict over the data; all three are successful runs. */
export type VerdictState = 'SUCCEEDED' | 'PARTIAL' | 'REJECTED';

export interface Finished {
  readonly state: VerdictState;
  readonly counts: ExecutionCounts;
  readonly manifestKey: string;
}

/** `errorClass` is one of the run's (`CONFIG`, `RESOURCE`, …); `errorId` is what outsiders are told. */
export interface Failed {
  readonly errorClass: string;
  readonly errorId?: string;
  readonly reason?: string;
}

export interface StateQuery {
  /** Only records whose last transition was at this time or earlier, in epoch milliseconds. */
  readonly updatedUntilMillis?: number;
  readonly updatedFromMillis?: number;
  /** Only those that name a manifest and were not published. Default false. */
  readonly isUnpublished?: boolean;
}

/**
 * The records of executions. Every transition is one conditional write on the state, attempt, owner and epoch of the
 * record that is given: give the newest one you have, and go on with the one that comes back (contract files §2).
 */
export interface ExecutionStore {
  create(execution: NewExecution): Promise<CreateResult>;
  get(executionId: string): Promise<ExecutionRecord | undefined>;
  /** Records in a state, the longest unchanged first. The index may lag some seconds behind. */
  byState(state: ExecutionState, query?: StateQuery): AsyncIterable<ExecutionRecord>;

  /** PENDING, RETRY_WAIT or DISPATCHED (to another target) → DISPATCHED with the next attempt. */
  dispatch(
    record: ExecutionRecord,
    to: { readonly target: ExecutionTarget; readonly reason: string },
  ): Promise<TransitionResult>;
  /** DISPATCHED → RUNNING; or RUNNING → RUNNING with a new owner, after a lock was taken over. */
  start(record: ExecutionRecord, ownerId: string): Promise<TransitionResult>;
  /** RUNNING (or STALE, when its own attempt left a whole manifest) → the verdict. This publishes the manifest. */
  finish(record: ExecutionRecord, result: Finished): Promise<TransitionResult>;
  /** → REJECTED without a manifest: the event or the specification is wrong. */
  reject(record: ExecutionRecord, why: Failed): Promise<TransitionResult>;
  /** → ERRORED. */
  fail(record: ExecutionRecord, why: Failed & { readonly retryable: boolean }): Promise<TransitionResult>;
  /** DISPATCHED or RUNNING → STALE: nobody was heard of for too long. */
  markStale(record: ExecutionRecord, reason: string): Promise<TransitionResult>;
  /** → RETRY_WAIT until `nextRetryAtMillis`. From DEAD only with `byOperator`. */
  retryLater(
    record: ExecutionRecord,
    when: { readonly nextRetryAtMillis: number; readonly reason: string; readonly byOperator?: boolean },
  ): Promise<TransitionResult>;
  /** RUNNING → PENDING: a drained worker hands it back. */
  handBack(record: ExecutionRecord): Promise<TransitionResult>;
  /** → DEAD: cancelled, exhausted or never to be retried. */
  bury(record: ExecutionRecord, why: Failed): Promise<TransitionResult>;

  /** Notes that the owner of a RUNNING record lives. */
  heartbeat(record: ExecutionRecord): Promise<HeartbeatResult>;
  /** Asks for the end of an execution; false when there is none or it has ended. */
  requestCancel(executionId: string): Promise<boolean>;
  /** Notes, once, that the copy to the plain names is complete; false when it was noted before. */
  markPublished(record: ExecutionRecord): Promise<boolean>;
}
