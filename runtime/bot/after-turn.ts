import { BLOCKED_CODE } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import { describeError, HooklineError } from '../core/errors.ts';
import type { TurnOutcome } from '../core/turn.ts';
import { blockedBy, changeChatState, dayIn } from './chat-state.ts';
import type { HistoryStore } from './history-store.ts';
import type { Job } from './job.ts';
import type { BotJournal } from './journal.ts';
import { spendingOf } from './usage.ts';
import { type NoticePorts, noticeOnTheSpot } from './work-notice.ts';

/** What a turn's end asks for beside the turn. */
export interface AfterTurnPorts extends NoticePorts {
  readonly histories: HistoryStore;
  readonly clock: Clock;
}

/** Tells a user who was stopped for the rate, and notes one who has blocked the bot. Never throws. */
export async function afterTurn(
  outcome: TurnOutcome,
  job: Job,
  ports: AfterTurnPorts,
  deadlineMillis: number,
): Promise<void> {
  if (outcome.status === 'ignored' && outcome.rule === 'rate_limited')
    await noticeOnTheSpot(job, ports, deadlineMillis);
  if (outcome.status === 'refused') await noteBlock(outcome.error, job, ports);
}

/** A refused send says that nobody reads this chat any more: nothing is sent until the user writes again. */
export async function noteBlock(
  error: unknown,
  job: Job,
  { histories, clock, log }: AfterTurnPorts,
): Promise<void> {
  if (!(error instanceof HooklineError) || error.code !== BLOCKED_CODE) return;
  try {
    await changeChatState(histories, clock, job.chat_id, [blockedBy(clock.nowMillis())]);
  } catch (failure) {
    log.error('journal_cleanup_failed', { what: 'note the block', error: describeError(failure) });
  }
}

/** Adds what a turn spent without a saved decision, so that failing turns reach the limit too. Never throws. */
export async function noteSpending(
  { usage, isSaved }: Pick<BotJournal, 'usage' | 'isSaved'>,
  job: Job,
  { histories, clock, log, timezone }: AfterTurnPorts & { readonly timezone: string },
): Promise<void> {
  if (isSaved || !usage?.costUsd) return;
  try {
    const spent = spendingOf(usage, dayIn(timezone, clock.nowMillis()));
    await changeChatState(histories, clock, job.chat_id, spent);
  } catch (failure) {
    log.error('journal_cleanup_failed', { what: 'note what was spent', error: describeError(failure) });
  }
}
