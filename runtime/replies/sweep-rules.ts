import { LONGEST_LEASE_SECONDS, PROCESSING } from './lease-take.ts';
import type { Conversation } from './record.ts';
import { timeMillis } from './record.ts';
import type { StagedRow } from './staged.ts';

/** Rules of the sweeper (contract replies §3.3), free of input and output. */

/** The sweeper comes every minute. */
export const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3600;

/** When a row is looked at again: 1, 2, 4 … 60 minutes from now; its last pause stands in the row itself. */
export function nextDueSeconds({ dueAtSeconds, sweptAt }: StagedRow, nowSeconds: number): number {
  const sweptMillis = timeMillis(sweptAt);
  const last =
    sweptMillis === undefined || dueAtSeconds === undefined
      ? 0
      : dueAtSeconds - Math.floor(sweptMillis / 1000);
  return nowSeconds + Math.min(LONGEST_PAUSE_SECONDS, Math.max(FIRST_PAUSE_SECONDS, last * 2));
}

type Work = Pick<
  Conversation,
  'status' | 'lockExpiresAtSeconds' | 'updatedAt' | 'turnAttempts' | 'pendingTurn'
>;

/** `busy`: somebody is at work. `stuck`: nothing is to be done until an operator acts or a message comes. */
export type Verdict = 'trigger' | 'busy' | 'stuck';

/**
 * A conversation that failed as often as it may waits for a redrive or a new message; only a row that came after
 * its pending turn and was never swept gives it one more trigger.
 */
export function verdictOf(
  conversation: Work,
  rows: readonly StagedRow[],
  { nowSeconds, maxReceiveCount }: { readonly nowSeconds: number; readonly maxReceiveCount: number },
): Verdict {
  if (isLeased(conversation, nowSeconds)) return 'busy';
  const { status, turnAttempts, pendingTurn } = conversation;
  if (status !== 'processing_error' && turnAttempts < maxReceiveCount) return 'trigger';
  const pending = new Set(pendingTurn?.messageSids);
  const isNew = (row: StagedRow) => row.sweptAt === undefined && !pending.has(row.messageSid);
  return rows.some(isNew) ? 'trigger' : 'stuck';
}

/** A lease that cannot be dated counts as over: a trigger that comes too early is only put off. */
const isLeased = ({ status, lockExpiresAtSeconds: end = 0 }: Work, nowSeconds: number): boolean =>
  status === PROCESSING && end > nowSeconds && end <= nowSeconds + LONGEST_LEASE_SECONDS;
