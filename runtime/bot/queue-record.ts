import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { BatchResponse, QueueRecord } from '../core/batch.ts';
import type { Clock } from '../core/clock.ts';
import { describeError, errorClassOf, HooklineError } from '../core/errors.ts';
import { asRecord } from '../core/json.ts';
import type { Log } from '../core/log.ts';

/** An SQS record as the event source mapping delivers it. */
export interface WorkerRecord extends QueueRecord {
  readonly body: string;
  readonly receiptHandle: string;
}

/** What bringing a record back needs. */
export interface QueuePorts {
  /** Absent: the record waits for the queue's own timeout. */
  readonly queueUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  sqs(): Promise<AwsClient>;
}

/** The records of an event of the queue; undefined when it is another kind of event. */
export function queueRecords(event: unknown): readonly WorkerRecord[] | undefined {
  const { Records: records } = asRecord(event);
  return Array.isArray(records) ? (records as WorkerRecord[]) : undefined;
}

/** First pause of a failed record; it doubles with every receive (contract bot §14). */
const FIRST_PAUSE_SECONDS = 30;
/** A status webhook settles most unclear sends within this time (contract bot §12.4). */
const UNCLEAR_PAUSE_SECONDS = 60;
/** The longest visibility timeout SQS takes. */
const MAX_PAUSE_SECONDS = 43_200;

/** How often the queue has delivered a record, this time included. */
export const receivesOf = (record: WorkerRecord): number =>
  Number(record.attributes?.ApproximateReceiveCount ?? 1);

/** How long a failed record stays invisible: far shorter than the queue's timeout, which is for killed workers. */
export function backoffSeconds(record: WorkerRecord, error: unknown): number {
  if (errorClassOf(error) === 'unclear') return UNCLEAR_PAUSE_SECONDS;
  const receives = receivesOf(record);
  const asked = error instanceof HooklineError ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.min(MAX_PAUSE_SECONDS, Math.ceil(Math.max(FIRST_PAUSE_SECONDS * 2 ** (receives - 1), asked)));
}

/** Shortens the wait of a failed record. Never throws: it comes back all the same, after the queue's timeout. */
export async function comeBackSooner(record: WorkerRecord, error: unknown, ports: QueuePorts): Promise<void> {
  if (!ports.queueUrl) return;
  try {
    const sqs = await ports.sqs();
    const { ChangeMessageVisibilityCommand } = await import('../core/sqs.ts');
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: ports.queueUrl,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: backoffSeconds(record, error),
    });
    await callAws(ports.clock, 'sqs:ChangeMessageVisibility', () => sqs.send(command));
  } catch (failure) {
    ports.log.warn('visibility_not_changed', { error: describeError(failure) });
  }
}

/** Gives a whole batch back, when not even its configuration could be read. */
export async function giveBack(
  records: readonly WorkerRecord[],
  error: unknown,
  ports: QueuePorts,
): Promise<BatchResponse> {
  ports.log.error('batch_failed', { records: records.length, error: describeError(error) });
  for (const record of records) await comeBackSooner(record, error, ports);
  return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
