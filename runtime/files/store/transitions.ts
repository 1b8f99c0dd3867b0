import type { ExecutionRecord, ExecutionState, ExecutionTarget } from './execution-record.ts';
import type { Failed, Finished } from './execution-store.ts';
import { manifestName } from './paths.ts';
import type { Requirement } from './state-machine.ts';

/** One transition as it is to be written; pure. */
export interface Transition {
  readonly to: ExecutionState;
  readonly met: readonly Requirement[];
  readonly set: Partial<ExecutionRecord>;
  readonly remove: readonly (keyof ExecutionRecord)[];
}

const OF_AN_OWNER = ['ownerId', 'heartbeatAt', 'startedAt'] as const;
const OF_AN_END = ['endedAt', 'nextRetryAt', 'errorClass', 'errorId', 'retryable'] as const;

const met = (requirement: Requirement, holds: boolean): readonly Requirement[] =>
  holds ? [requirement] : [];

const failure = ({ errorClass, errorId, reason }: Failed, retryable: boolean, now: string) => ({
  errorClass,
  ...(errorId !== undefined && { errorId }),
  ...(reason !== undefined && { reason }),
  retryable,
  endedAt: now,
});

export const dispatched = (
  record: ExecutionRecord,
  { target, reason }: { readonly target: ExecutionTarget; readonly reason: string },
): Transition => ({
  to: 'DISPATCHED',
  met: met('other-target', target !== record.target),
  set: { attempt: record.attempt + 1, target, reason },
  remove: [...OF_AN_OWNER, ...OF_AN_END],
});

export const started = (record: ExecutionRecord, ownerId: string, now: string): Transition => ({
  to: 'RUNNING',
  met: met('new-owner', ownerId !== record.ownerId),
  set: { ownerId, startedAt: now, heartbeatAt: now },
  remove: [],
});

/** Undefined for a manifest that is not of the record's own attempt and owner. */
export function finished(record: ExecutionRecord, result: Finished, now: string): Transition | undefined {
  const { attempt, ownerId } = record;
  if (ownerId === undefined || result.manifestKey !== manifestName(attempt, ownerId)) return undefined;
  const { state: to, counts, manifestKey } = result;
  return { to, met: ['own-manifest'], set: { counts, manifestKey, endedAt: now }, remove: [] };
}

export const rejected = (why: Failed, now: string): Transition => ({
  to: 'REJECTED',
  met: [],
  set: failure(why, false, now),
  remove: [],
});

export const failed = (why: Failed & { readonly retryable: boolean }, now: string): Transition => ({
  to: 'ERRORED',
  met: [],
  set: failure(why, why.retryable, now),
  remove: [],
});

export const stale = (reason: string): Transition => ({ to: 'STALE', met: [], set: { reason }, remove: [] });

export const retriedLater = (nextRetryAt: string, reason: string, byOperator = false): Transition => ({
  to: 'RETRY_WAIT',
  met: met('operator', byOperator),
  set: { nextRetryAt, reason },
  remove: byOperator ? ['cancelRequestedAt'] : [],
});

export const handedBack: Transition = { to: 'PENDING', met: [], set: {}, remove: OF_AN_OWNER };

export const buried = (why: Failed, now: string): Transition => ({
  to: 'DEAD',
  met: [],
  set: failure(why, false, now),
  remove: ['nextRetryAt'],
});
