import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { AwsCallError } from '../core/errors.ts';
import { envelopeText, type HandOff } from './hand-off.ts';
import { deduplicationId, type Job, safeId } from './job.ts';

export { SQSClient } from '@aws-sdk/client-sqs';

/** Limits of one `SendMessageBatch`. */
const MAX_BATCH_MESSAGES = 10;
const MAX_BATCH_BYTES = 1_048_576;

/** Jobs go through a FIFO queue, one message group a chat (contract bot §6.3). */
export function queueHandOff(sqs: AwsClient, queueUrl: string, clock: Clock): HandOff {
  const sendOne = (job: Job) => {
    const command = new SendMessageCommand({ QueueUrl: queueUrl, ...messageOf(job) });
    return callAws(clock, 'sqs:SendMessage', () => sqs.send(command));
  };
  const sendBatch = async (jobs: readonly Job[]) => {
    const Entries = jobs.map((job, index) => ({ Id: String(index), ...messageOf(job) }));
    const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
    const output = await callAws(clock, 'sqs:SendMessageBatch', () => sqs.send(command));
    const refused: { readonly Code?: string }[] = output.Failed ?? [];
    if (refused.length > 0)
      throw new AwsCallError(
        `sqs:SendMessageBatch: ${refused.length} of ${jobs.length} messages were refused (${refused[0]?.Code})`,
        'transient',
      );
  };
  return {
    acknowledgement: 'Webhook queued.',
    async send(jobs) {
      for (const batch of batchesOf(jobs))
        await (batch.length === 1 && batch[0] ? sendOne(batch[0]) : sendBatch(batch));
    },
  };
}

/** A business-scoped id may be longer than the 128 characters that SQS takes. */
export function groupOf(chatId: string): string {
  const group = chatId === '' ? 'unknown' : safeId(chatId);
  return group.length <= 128 ? group : createHash('sha256').update(group).digest('hex');
}

const messageOf = (job: Job) => ({
  MessageBody: envelopeText(job),
  MessageGroupId: groupOf(job.chat_id),
  MessageDeduplicationId: deduplicationId(job),
});

/**
 * Jobs in batches that may be sent one after the other. No batch holds two of one chat: if it did, the first
 * could be refused and the second taken, which would change their order.
 */
export function batchesOf(jobs: readonly Job[]): readonly (readonly Job[])[] {
  const batches: { readonly jobs: Job[]; bytes: number }[] = [];
  const lastBatchOfChat = new Map<string, number>();
  for (const job of jobs) {
    const bytes = Buffer.byteLength(envelopeText(job));
    let index = (lastBatchOfChat.get(job.chat_id) ?? -1) + 1;
    const isFull = (batch: (typeof batches)[number]) =>
      batch.jobs.length >= MAX_BATCH_MESSAGES || batch.bytes + bytes > MAX_BATCH_BYTES;
    for (let batch = batches[index]; batch && isFull(batch); batch = batches[++index]);
    const batch = batches[index] ?? { jobs: [], bytes: 0 };
    batches[index] = { jobs: [...batch.jobs, job], bytes: batch.bytes + bytes };
    lastBatchOfChat.set(job.chat_id, index);
  }
  return batches.map((batch) => batch.jobs);
}
