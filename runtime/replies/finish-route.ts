import type { Clock } from '../core/clock.ts';
import { asText } from '../core/json.ts';
import type { Append, AppendRequest } from './append.ts';
import { rowText } from './collect.ts';
import { RepliesError } from './errors.ts';
import type { HumanQueue } from './handoff.ts';
import type { RepliesMetrics } from './metric-names.ts';
import { type Conversation, timeMillis } from './record.ts';
import type { RecordChange } from './record-change.ts';
import { humanReasonOf } from './routes.ts';
import type { StageTable } from './stage-table.ts';
import type { StagedRow } from './staged.ts';

/** What ends a row that no worker answers; the webhook and the sweeper share it. */
export interface FinishPorts {
  readonly clock: Clock;
  readonly metrics: RepliesMetrics;
  readonly humans: HumanQueue;
  readonly append: Append;
  readonly stage: StageTable;
}

/** `finished`: by this call. `already`: the record knew the message, and only the row was left. */
export type FinishResult = 'finished' | 'already';

/**
 * Ends a row of the routes `human` and `opted_out` (contract replies §3.1 step 9): human message, entry, row, in this
 * order, so that whoever comes after a crash does what is missing. Only a crash between the first two repeats the
 * human message, with the same sid; while the entry cannot be written, the sweeper notes on the row that the person has
 * it. Throws `RepliesError`; the row then waits for the sweeper.
 */
export async function finishRoute(
  row: StagedRow,
  conversation: Conversation,
  ports: FinishPorts,
): Promise<FinishResult> {
  const { conversationId, messageSid } = row;
  const result = conversation.processedSids.has(messageSid)
    ? 'already'
    : await recordRow(row, conversation, ports);
  await ports.stage.removeOne(conversationId, messageSid);
  return result;
}

async function recordRow(
  row: StagedRow,
  conversation: Conversation,
  ports: FinishPorts,
): Promise<FinishResult> {
  const { messageSid, receivedAt, media } = row;
  const body = rowText(row);
  if (row.route === 'human' && !row.isTold) {
    const reason = humanReasonOf(conversation) ?? 'human_route';
    await ports.humans.send({ conversation, messageSids: [messageSid], receivedAt, body, reason });
  }
  const written = (there: Conversation): Pick<AppendRequest, 'entries' | 'change'> => ({
    entries: [{ role: 'user', messageSids: [messageSid], timestamp: receivedAt, content: body, media }],
    change: changeOf(row, there),
  });
  const { status } = await ports.append({
    key: conversation.key,
    conversation,
    guard: { messageSids: [messageSid] },
    processedSids: [messageSid],
    ...written(conversation),
    // A STOP may be written between this START's read and its write.
    ...(row.wish === 'in' && { unchanged: ['opted_out_at'], renew: written }),
  });
  if (status === 'missing')
    throw new RepliesError(
      'CONVERSATION_NOT_FOUND',
      'The record of a staged message is gone; restore it, or delete the staged row',
      'hold',
    );
  if (status !== 'appended') return 'already';
  if (row.route === 'human') ports.metrics.count('Handoffs');
  if (row.wish === 'out') ports.metrics.count('OptOuts');
  return 'finished';
}

/** The append sets the time of the newest message; one that comes late must not set it back. */
function changeOf({ wish, receivedAt }: StagedRow, conversation: Conversation): RecordChange {
  const newest = timeMillis(conversation.lastUserMessageAt) ?? 0;
  const isNewest = (timeMillis(receivedAt) ?? 0) >= newest;
  return {
    set: {
      last_user_message_at: isNewest ? receivedAt : undefined,
      ...wishedFlags(wish, receivedAt, conversation),
    },
  };
}

/** A START that was delayed must not undo a STOP that was said after it. */
function wishedFlags(wish: StagedRow['wish'], receivedAt: string, { data }: Conversation) {
  if (wish === 'out') return { opted_out: true, opted_out_at: receivedAt };
  if (wish !== 'in') return {};
  const outAt = timeMillis(asText(data.opted_out_at));
  const wasBefore = outAt === undefined || outAt <= (timeMillis(receivedAt) ?? 0);
  return wasBefore ? { opted_out: false } : {};
}
