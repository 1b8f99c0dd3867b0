import type { ExecutionState } from './execution-record.ts';

/** What a transition needs besides its two states. */
export type Requirement =
  | 'nothing'
  /** DISPATCHED again: to another target. */
  | 'other-target'
  /** RUNNING again: a new owner took the lock over. */
  | 'new-owner'
  /** The record's own attempt and owner left a whole manifest. */
  | 'own-manifest'
  | 'operator';

type Exits = Readonly<Partial<Record<ExecutionState, Requirement>>>;

/** Every transition there is (contract files §2); states without exits are terminal. */
const TRANSITIONS: Readonly<Record<ExecutionState, Exits>> = {
  PENDING: { DISPATCHED: 'nothing', REJECTED: 'nothing', DEAD: 'nothing' },
  DISPATCHED: {
    RUNNING: 'nothing',
    RETRY_WAIT: 'nothing',
    DISPATCHED: 'other-target',
    REJECTED: 'nothing',
    ERRORED: 'nothing',
    STALE: 'nothing',
    DEAD: 'nothing',
  },
  RUNNING: {
    SUCCEEDED: 'nothing',
    PARTIAL: 'nothing',
    REJECTED: 'nothing',
    ERRORED: 'nothing',
    STALE: 'nothing',
    PENDING: 'nothing',
    DEAD: 'nothing',
    RUNNING: 'new-owner',
  },
  ERRORED: { RETRY_WAIT: 'nothing', DEAD: 'nothing' },
  STALE: {
    RETRY_WAIT: 'nothing',
    SUCCEEDED: 'own-manifest',
    PARTIAL: 'own-manifest',
    REJECTED: 'own-manifest',
  },
  RETRY_WAIT: { DISPATCHED: 'nothing', DEAD: 'nothing' },
  DEAD: { RETRY_WAIT: 'operator' },
  SUCCEEDED: {},
  PARTIAL: {},
  REJECTED: {},
};

/** Whether the state machine has this transition, where `met` are the requirements that hold. */
export function isPossible(
  from: ExecutionState,
  to: ExecutionState,
  met: readonly Requirement[] = [],
): boolean {
  const needed = TRANSITIONS[from][to];
  return needed === 'nothing' || (needed !== undefined && met.includes(needed));
}

/** Nothing but an operator's redrive (DEAD alone) leads out of it. */
export const isTerminal = (state: ExecutionState): boolean =>
  state === 'DEAD' || Object.keys(TRANSITIONS[state]).length === 0;
