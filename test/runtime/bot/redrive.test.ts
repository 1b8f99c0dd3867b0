import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { type RedriveOptions, redrive } from '../../../runtime/bot/redrive.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';

const DLQ = 'https://sqs/dlq.fifo';
const QUEUE = 'https://sqs/queue.fifo';
const FAILURES = 'https://sqs/failures';
const DAY_SECONDS = 86_400;

function setUp() {
  const clock = new FakeClock();
  const sqs = new FakeSqs(clock, [{ url: DLQ }, { url: QUEUE }, { url: FAILURES }]);
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

const outcomes = (items: readonly { eventId: string | undefined; outcome: string }[]) =>
  Object.fromEntries(items.map((item) => [item.eventId, item.outcome]));

describe('redrive', () => {
  it('moves dead letters back in order with their group and a fresh deduplication id', async () => {
    const { sqs, bury, run, events } = setUp();
    for (let n = 0; n < 23; n++) await bury('chat', `e${n}`);
    const items = await run();
    expect(items.every((item) => item.outcome === 'redriven')).toBe(true);
    expect(events(DLQ)).toEqual([]);
    expect(events(QUEUE)).toEqual(Array.from({ length: 23 }, (_, n) => `e${n}`));
    const moved = sqs.messages(QUEUE);
    expect(moved.every((message) => message.groupId === 'chat')).toBe(true);
    expect(new Set(moved.map((message) => message.deduplicationId)).size).toBe(23);
    expect(moved.some((message) => message.deduplicationId?.startsWith('d-'))).toBe(false);
  });

  it('does nothing on a dry run but say what it would do', async () => {
    const { sqs, clock, bury, run, events } = setUp();
    await bury('a', 'e1');
    await bury('b', 'e2');
    expect(outcomes(await run({ dryRun: true }))).toEqual({ e1: 'would-redrive', e2: 'would-redrive' });
    expect(events(QUEUE)).toEqual([]);
    expect(sqs.messages(DLQ).map((message) => message.visibleAtMillis <= clock.nowMillis())).toEqual([
      true,
      true,
    ]);
  });

  it('leaves what the filter does not want, what is too old and what it cannot read', async () => {
    const { sqs, bury, run, events } = setUp();
    await bury('a', 'wanted');
    await bury('b', 'other');
    await bury('c', 'old', 9 * DAY_SECONDS);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: DLQ,
        MessageBody: 'not json',
        MessageGroupId: 'd',
        MessageDeduplicationId: 'd',
      }),
    );
    const items = await run({ filter: (job) => job.chat_id !== 'b' });
    expect(outcomes(items)).toEqual({
      wanted: 'redriven',
      other: 'filtered',
      old: 'too-old',
      undefined: 'unreadable',
    });
    expect(events(QUEUE)).toEqual(['wanted']);
    expect(sqs.messages(DLQ)).toHaveLength(3);
    expect(outcomes(await run({ force: true, filter: (job) => job.chat_id === 'c' }))).toMatchObject({
      old: 'redriven',
    });
  });

  it('keeps to the rate', async () => {
    const { clock, bury, run } = setUp();
    for (let n = 0; n < 10; n++) await bury('chat', `e${n}`);
    const started = clock.nowMillis();
    await run({ ratePerSecond: 2 });
    expect(clock.nowMillis() - started).toBeGreaterThanOrEqual(4500);
  });

  it('stops a group at the first message it cannot send and goes on with the others', async () => {
    const { clock, sqs, lambda, bury, events } = setUp();
    for (const [chat, event] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
    ] as const)
      await bury(chat, event);
    const refusing = {
      send: (command: { readonly input: object }) => {
        const { MessageBody } = command.input as { MessageBody?: string };
        if (MessageBody?.includes('"a1"'))
          throw Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: {} });
        return sqs.send(command);
      },
    };
    const items = await redrive(
      { deadLetterUrl: DLQ, target: { queueUrl: QUEUE }, dedupeTtlSeconds: DAY_SECONDS },
      { sqs: refusing, lambda, clock },
    );
    expect(outcomes(items)).toEqual({ a1: 'failed', a2: 'failed', b1: 'redriven' });
    expect(events(QUEUE)).toEqual(['b1']);
    expect(events(DLQ)).toEqual(['a1', 'a2']);
  });

  it('invokes the worker with the payload inside a failure record', async () => {
    const { sqs, lambda, job, run } = setUp();
    const payload = job('a', 'e1');
    const record = {
      version: '1.0',
      requestContext: { condition: 'RetriesExhausted' },
      requestPayload: payload,
    };
    await sqs.send(new SendMessageCommand({ QueueUrl: FAILURES, MessageBody: JSON.stringify(record) }));
    const items = await run({ deadLetterUrl: FAILURES, target: { functionName: 'worker' } });
    expect(outcomes(items)).toEqual({ e1: 'redriven' });
    expect(lambda.invocations).toEqual([{ functionName: 'worker', invocationType: 'Event', payload }]);
    expect(sqs.messages(FAILURES)).toEqual([]);
  });
});
