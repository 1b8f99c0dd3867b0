import { isFailedStatus, type PartMark, type StatusCallback, supersedes } from '../channels/twilio/status.ts';
import type { LogFields } from '../core/log.ts';
import { type DeliveryFailure, deliveryFailure } from './delivery-failure.ts';
import { type DeliveryTarget, deliveryTarget } from './delivery-target.ts';
import { RepliesError } from './errors.ts';
import { conversationFields } from './log-fields.ts';
import type { Conversation } from './record.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/** A genuine status callback. */
export interface StatusReport {
  readonly callback: StatusCallback;
  readonly mark: PartMark | undefined;
  readonly receivedMillis: number;
}

const MAX_TRIES = 3;

interface Progress {
  readonly tries: number;
  /** The record was read consistently, not from an index. */
  readonly isFresh: boolean;
  readonly isTold: boolean;
}

/**
 * Writes a message's delivery status to the record, and calls a person for one that was given up (contract replies
 * §12.6, §12.7). Throws `RepliesError`.
 */
export async function noteStatus(
  report: StatusReport,
  found: Conversation,
  ports: WebhookPorts,
): Promise<void> {
  const fields = { status: report.callback.status, turn_id: report.mark?.turnId };
  const log = ports.log.with({ ...conversationFields(found.conversationId, ports.config), ...fields });
  // An index that lags would have a person called again by a repeated callback.
  const fresh = isFailedStatus(report.callback.status) ? await ports.conversations.get(found.key) : undefined;
  const start = { tries: 1, isFresh: fresh !== undefined, isTold: false };
  return attempt(report, fresh ?? found, { ...ports, log }, start);
}

/** The write names the place in the record as read, so whoever changes the record in between costs another read. */
async function attempt(
  report: StatusReport,
  conversation: Conversation,
  ports: WebhookPorts,
  { tries, isFresh, isTold }: Progress,
): Promise<void> {
  const { callback, mark } = report;
  const target = deliveryTarget(conversation, callback, mark);
  const failed = isFailedStatus(callback.status);
  if (target) {
    if (!supersedes(callback.status, target.known, target.isOfSeveral)) return;
    const failure = failed ? deliveryFailure(callback.errorCode, conversation) : undefined;
    if (failure && !isTold) await tellPerson(report, target, failure, conversation, ports);
    if (await write(report, target, failure, conversation, ports)) return;
  }
  if (tries >= MAX_TRIES)
    throw new RepliesError('DB_TRANSIENT_ERROR', 'The record changed at every try', 'transient');
  const again = target || !isFresh ? await ports.conversations.get(conversation.key) : undefined;
  if (!again) return noteUnmatched(ports);
  const progress = { tries: tries + 1, isFresh: true, isTold: isTold || (failed && target !== undefined) };
  return attempt(report, again, ports, progress);
}

/** In the archive already, or of a message that is not ours. */
function noteUnmatched({ log, metrics }: WebhookPorts): void {
  metrics.count('ArchivedEntryStatus');
  log.info('delivery_status_unmatched');
}

/** Before the write: a crash in between repeats it, with the same sid, where the other order would lose it. */
async function tellPerson(
  { callback, receivedMillis }: StatusReport,
  target: DeliveryTarget,
  { reason }: DeliveryFailure,
  conversation: Conversation,
  { humans, metrics }: WebhookPorts,
): Promise<void> {
  await humans.send({
    conversation,
    messageSids: [callback.messageSid],
    receivedAt: new Date(receivedMillis).toISOString(),
    body: '',
    reason,
    draftReply: target.text,
  });
  metrics.count('Handoffs');
}

async function write(
  { callback }: StatusReport,
  target: DeliveryTarget,
  failure: DeliveryFailure | undefined,
  conversation: Conversation,
  { deliveries, log }: WebhookPorts,
): Promise<boolean> {
  const { messageSid, status, errorCode } = callback;
  const written = await deliveries.note({
    key: conversation.key,
    target,
    messageSid,
    status,
    errorCode,
    set: failure?.set ?? {},
    seenStatus: conversation.status,
  });
  if (!written) return false;
  const fields: LogFields = {
    adopted: target.kind === 'part' && target.isAdopted,
    provider_code: errorCode,
    rule: failure?.rule,
  };
  if (failure) log[failure.isForOperator ? 'critical' : 'warn']('delivery_failed', fields);
  else log.info('delivery_status', fields);
  return true;
}
