import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type RedriveOptions, redrive } from '../../../runtime/bot/redrive.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';

export const DLQ = 'https://sqs/dlq.fifo';
export const QUEUE = 'https://sqs/queue.fifo';
export const FAILURES = 'https://sqs/failures';
export const STANDARD = 'https://sqs/standard';
export const DAY_SECONDS = 86_400;

/** A dead-letter queue, its queue, an on-failure queue and a standard one. */
export function setUp() {
  const clock = new FakeClock();
  const sqs = new FakeSqs(clock, [{ url: DLQ }, { url: QUEUE }, { url: FAILURES }, { url: STANDARD }]);
  const lambda = new FakeLambda();
  const job = (chat: string, event: string, ageSeconds = 0) => ({
    maws_job: {
      chat_id: chat,
      event_id: event,
      sent_at: new Date(clock.nowMillis() - ageSeconds * 1000).toISOString(),
    },
  });
  const bury = async (chat: string, event: string, ageSeconds = 0) => {
    const MessageBody = JSON.stringify(job(chat, event, ageSeconds));
    const input = { QueueUrl: DLQ, MessageBody, MessageGroupId: chat, MessageDeduplicationId: `d-${event}` };
    await sqs.send(new SendMessageCommand(input));
  };
  const run = (options: Partial<RedriveOptions> = {}) =>
    redrive(
      { deadLetterUrl: DLQ, target: { queueUrl: QUEUE }, dedupeTtlSeconds: 8 * DAY_SECONDS, ...options },
      { sqs, lambda, clock },
    );
  const events = (url: string) =>
    sqs.messages(url).map((message) => JSON.parse(message.body).maws_job.event_id);
  return { clock, sqs, lambda, job, bury, run, events };
}

/** Outcomes by event id. */
export const outcomes = (items: readonly { eventId: string | undefined; outcome: string }[]) =>
  Object.fromEntries(items.map((item) => [item.eventId, item.outcome]));
