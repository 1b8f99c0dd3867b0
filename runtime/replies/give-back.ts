import { describeError, errorClassOf } from '../core/errors.ts';
import type { TurnFailure } from '../core/turn.ts';
import { errorCode } from './ending.ts';
import type { Held, JournalPorts } from './journal-ports.ts';
import { type PendingTurn, partPath } from './pending-turn.ts';
import { timeMillis } from './record.ts';
import type { RecordChange } from './record-change.ts';
import { retryDelaySeconds } from './retry-delay.ts';

/** A trigger lock outlives the next attempt by this, so that neither webhook nor sweeper starts a second chain. */
const LOCK_MARGIN_SECONDS = 70;

/** The outcome rule of a failure that is tried again: `transient:<code>`, `hold:<code>` (contract replies §14). */
export function failureRule(error: unknown): string {
  const errorClass = errorClassOf(error);
  return `${errorClass === 'hold' || errorClass === 'permanent' ? 'hold' : 'transient'}:${errorCode(error)}`;
}

/** A failure, and the part that it is about. */
export type Failed = Pick<TurnFailure<string>, 'stage' | 'error'> & { readonly part: number | undefined };

/** The turn as far as it got. */
export interface FailedTurn extends Held {
  readonly turn: PendingTurn | undefined;
  /** Parts that this run has begun. */
  readonly begunHere: ReadonlySet<number>;
}

/**
 * Gives a turn back that failed and will be tried again (classes T, H and A of contract replies §3.4): the lease with
 * the status, then the trigger lock. Resolves to how long the trigger is to stay away, in seconds. Throws
 * nothing: what could not be written expires.
 */
export async function giveBack(
  failure: Failed,
  failedTurn: FailedTurn,
  ports: Pick<JournalPorts, 'clock' | 'config' | 'leases' | 'log' | 'random' | 'triggerLock'>,
): Promise<number> {
  const { clock, config, log } = ports;
  const { lease, conversation, receives, turn } = failedTurn;
  const nowMillis = clock.nowMillis();
  const begun = failure.part === undefined ? undefined : turn?.parts[failure.part - 1]?.sendStartedAt;
  const unclearSinceMillis = timeMillis(begun);
  const attempt = { receives, nowMillis, random: ports.random(), unclearSinceMillis };
  const delaySeconds = retryDelaySeconds(failure.error, attempt);
  const noted = <T>(what: string, step: () => Promise<T>): Promise<T | undefined> =>
    step().catch((error: unknown) => {
      log.warn('give_back_failed', { what, error: describeError(error) });
      return undefined;
    });
  const change = changeOf(failure, failedTurn);
  const isReleased = await noted('lease', () => ports.leases.release(lease, change));
  // Without the lease the conversation is another worker's: a lock would keep its next messages waiting.
  if (isReleased !== false && conversation.turnAttempts < config.maxReceiveCount)
    await noted('trigger lock', () =>
      ports.triggerLock.put(conversation.conversationId, delaySeconds + LOCK_MARGIN_SECONDS),
    );
  return delaySeconds;
}

function changeOf({ stage, error, part }: Failed, { turn, begunHere }: FailedTurn): RecordChange {
  const rule = failureRule(error);
  const isHold = rule.startsWith('hold:');
  const path = partPath(part ?? 0);
  const known = part === undefined ? undefined : turn?.parts[part - 1];
  // Begun by this run and refused: this send made nothing, and what is unclear is at most an earlier one. Of a part
  // nothing is stored but what follows from its refusal.
  const isNo = stage === 'store' || (stage === 'send' && errorClassOf(error) !== 'unclear');
  const isRefused = isNo && part !== undefined && begunHere.has(part);
  const since = isRefused ? known?.unclearSince : undefined;
  // It was accepted, and the write that says so failed.
  const isUnmarked = stage === 'mark' && known?.sid !== undefined;
  return {
    set: {
      conversation_status: isHold ? 'processing_error' : 'retry',
      ...(isHold && { failure_reason: rule }),
      // The commit fails, and may fail at every try: the person need not hear of each.
      ...(turn?.isTold && { 'pending_turn.told': true }),
      ...(isUnmarked && { [`${path}.sid`]: known.sid }),
      ...(since !== undefined && { [`${path}.send_started_at`]: since }),
    },
    ...(isRefused && since === undefined && { remove: [`${path}.send_started_at`] }),
  };
}
