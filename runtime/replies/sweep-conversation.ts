import { epochSeconds } from '../core/clock.ts';
import { describeError, errorClassOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { SweeperConfig } from './config.ts';
import type { Conversations } from './conversations.ts';
import { RepliesError } from './errors.ts';
import { type FinishPorts, finishRoute } from './finish-route.ts';
import type { HumanQueue } from './handoff.ts';
import { conversationFields } from './log-fields.ts';
import type { Conversation } from './record.ts';
import { byArrival, type StagedRow } from './staged.ts';
import { FIRST_PAUSE_SECONDS, nextDueSeconds, verdictOf } from './sweep-rules.ts';
import type { TriggerQueue } from './trigger.ts';
import type { TriggerLock } from './trigger-lock.ts';

/** What the sweeper works with. */
export interface SweepPorts extends FinishPorts {
  readonly config: SweeperConfig;
  readonly log: Log;
  readonly conversations: Conversations;
  readonly locks: TriggerLock;
  readonly triggers: TriggerQueue;
}

/** Of one run. */
export interface RunPorts extends SweepPorts {
  /** More may be due than the run was given. */
  readonly isFull: boolean;
}

/** Sees to the due rows of one conversation. Throws `RepliesError`. */
export async function sweepConversation(rows: readonly StagedRow[], ports: RunPorts): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const { conversationId, primaryChannel } = first;
  const log = ports.log.with(conversationFields(conversationId, ports.config));
  const bound = { ...ports, log };
  const conversation = await ports.conversations.get({ conversationId, primaryChannel });
  if (!conversation) {
    log.error('staged_without_record', { rule: 'hold:CONVERSATION_NOT_FOUND', rows: rows.length });
    return postpone(rows, bound);
  }
  const open = await removeProcessed(rows, conversation, bound);
  await finishRows(open.filter(({ route }) => route !== 'channel').sort(byArrival), conversation, bound);
  await wakeWorker(
    open.filter(({ route }) => route === 'channel'),
    conversation,
    bound,
  );
}

/** Rows whose message the record knows were only not deleted. Resolves to the others. */
async function removeProcessed(
  rows: readonly StagedRow[],
  { processedSids }: Conversation,
  { log, stage }: SweepPorts,
): Promise<readonly StagedRow[]> {
  const leftOver = rows.filter(({ messageSid }) => processedSids.has(messageSid));
  for (const { conversationId, messageSid } of leftOver) {
    await stage.removeOne(conversationId, messageSid);
    log.info('left_over_removed', { message_sid: messageSid });
  }
  return rows.filter((row) => !leftOver.includes(row));
}

/** A row that fails again and again is tried ever more rarely, and the person is told by one of these tries alone. */
async function finishRows(
  rows: readonly StagedRow[],
  conversation: Conversation,
  ports: SweepPorts,
): Promise<void> {
  for (const row of rows) {
    const fields = { message_sid: row.messageSid, rule: row.route === 'human' ? 'human_route' : row.route };
    let { isTold } = row;
    const humans: HumanQueue = {
      async send(message) {
        await ports.humans.send(message);
        isTold = true;
      },
    };
    try {
      await finishRoute(row, conversation, { ...ports, humans });
      ports.metrics.count('StageOrphansSwept');
      ports.log.warn('message_recorded', fields);
    } catch (error) {
      reportFailure(error, ports.log.with({ message_sid: row.messageSid }));
      await postpone([{ ...row, isTold }], ports);
    }
  }
}

async function wakeWorker(
  rows: readonly StagedRow[],
  conversation: Conversation,
  ports: RunPorts,
): Promise<void> {
  const { clock, config, locks, log, metrics, triggers } = ports;
  const [first] = rows;
  if (!first) return;
  const { maxReceiveCount } = config;
  const verdict = verdictOf(conversation, rows, { nowSeconds: epochSeconds(clock), maxReceiveCount });
  if (verdict === 'busy') return comeBack(rows, ports);
  if (verdict === 'stuck') return postpone(rows, ports);
  const { conversationId, primaryChannel, traceparent } = first;
  // A lock that lives means a trigger that is on its way. If the send fails, the lock ends by itself.
  if (!(await locks.acquire(conversationId, config.batchWindowSeconds + config.ttlBufferSeconds)))
    return comeBack(rows, ports);
  await triggers.send({ conversationId, primaryChannel, deferrals: 0, traceparent }, 0);
  metrics.count('StageOrphansSwept', rows.length);
  log.warn('orphans_swept', { rows: rows.length });
  await postpone(rows, ports);
}

/** Somebody has them now. Where a run cannot see all that is due, these must not come first at every look. */
async function comeBack(rows: readonly StagedRow[], { clock, isFull, stage }: RunPorts): Promise<void> {
  if (!isFull) return;
  const due = epochSeconds(clock) + FIRST_PAUSE_SECONDS;
  for (const row of rows) await stage.pushDue(row, due, false);
}

/** Moves the next look at rows; each time twice as far, up to an hour. */
export async function postpone(
  rows: readonly StagedRow[],
  { clock, stage }: Pick<SweepPorts, 'clock' | 'stage'>,
): Promise<void> {
  const now = epochSeconds(clock);
  for (const row of rows) await stage.pushDue(row, nextDueSeconds(row, now), true);
}

/** What an operator must mend is CRITICAL; all else the next run may mend. */
export function reportFailure(error: unknown, log: Log): void {
  const errorClass = errorClassOf(error);
  const error_code = error instanceof RepliesError ? error.code : 'INTERNAL_ERROR';
  const fields = { rule: `${errorClass}:${error_code}`, error_code, error: describeError(error) };
  log[errorClass === 'hold' ? 'critical' : 'error']('sweep_failed', fields);
}
