import { describeError } from '../core/errors.ts';
import type { TurnOutcome } from '../core/turn.ts';
import { errorCode } from './ending.ts';
import { failureRule } from './give-back.ts';
import type { RepliesJournal } from './journal.ts';
import type { JournalPorts } from './journal-ports.ts';
import { timeMillis } from './record.ts';

type Ports = Pick<JournalPorts, 'log' | 'metrics' | 'clock'>;

/** The line and the numbers of a turn that is over; its `rule` says what decided (contract replies §14). */
export function noteOutcome(
  outcome: TurnOutcome,
  journal: RepliesJournal,
  { metrics, clock }: Ports,
  durationMillis: number,
): void {
  if (journal.turnId === undefined) {
    journal.log.info('nothing_staged', { duration_ms: durationMillis });
    return;
  }
  const { turn } = journal;
  const rule = turn.ending?.rule ?? journal.settledRule ?? 'replied';
  metrics.count('TurnsCompleted');
  const arrived = timeMillis(turn.lastReceivedAt ?? turn.firstReceivedAt);
  if (journal.acceptedHere > 0 && arrived !== undefined)
    metrics.value('ReplyLatencyMs', clock.nowMillis() - arrived, 'Milliseconds');
  if (turn.ending?.setsOptOut) metrics.count('OptOuts');
  journal.log.info('turn_finished', {
    status: turn.ending?.kind ?? outcome.status,
    rule,
    parts: turn.parts.filter((part) => part.sid !== undefined).length,
    message_sids: turn.messageSids,
    duration_ms: durationMillis,
    ...(turn.usage && {
      prompt_tokens: turn.usage.promptTokens,
      completion_tokens: turn.usage.completionTokens,
    }),
    ...(turn.model !== undefined && { model: turn.model }),
  });
}

/** The line of a trigger that must come back. */
export function noteFailure(error: unknown, journal: RepliesJournal | undefined, ports: Ports): void {
  const log = journal?.log ?? ports.log;
  const rule = failureRule(error);
  const fields = {
    rule,
    error_code: errorCode(error),
    error: describeError(error),
  };
  if (journal?.isLost) {
    // After a send an operator should see that the two runs agree (contract replies §10).
    const line = journal.acceptedHere > 0 ? log.critical : log.warn;
    line('lease_lost', fields);
    return;
  }
  log.error('turn_failed', { ...fields, retry_seconds: journal?.retryDelaySeconds });
  if (rule.startsWith('hold:')) log.critical('operator_needed', fields);
  else if (journal?.isUnrecorded) {
    ports.metrics.count('DynamoDBFinalUpdateFailures');
    log.critical('reply_not_recorded', fields);
  }
}
