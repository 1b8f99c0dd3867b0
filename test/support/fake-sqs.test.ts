import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { FakeSqs } from './fake-sqs.ts';

const QueueUrl = 'https://sqs/hookline.fifo';
const deadLetterUrl = 'https://sqs/hookline-dlq.fifo';
let clock: FakeClock;
let sqs: FakeSqs;

beforeEach(() => {
  clock = new FakeClock({ auto: false });
  const main = { url: QueueUrl, visibilityTimeoutSeconds: 30, maxReceiveCount: 2, deadLetterUrl };
  sqs = new FakeSqs(clock, [main, { url: deadLetterUrl }]);
});

const send = (body: string, group = 'a', id = body) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: id,
    }),
  );

interface Received {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes: Readonly<Record<string, string>>;
}
const receive = async (MaxNumberOfMessages = 10): Promise<Received[]> =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages }))).Messages ?? [];
const bodies = async (max?: number) => (await receive(max)).map((message) => message.Body);
const remove = ({ ReceiptHandle }: Received) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

test('a group in flight waits, other groups go on, order is kept', async () => {
  for (const body of ['a1', 'a2']) await send(body);
  await send('b1', 'b');
  const [first] = await receive(1);
  expect(first?.Body).toBe('a1');
  expect(await bodies()).toEqual(['b1']);
  await remove(first!);
  expect(await bodies()).toEqual(['a2']);
});

test('a message that is not deleted comes back with its count, then goes to the dead-letter queue', async () => {
  await send('a1');
  await send('a2');
  expect((await receive(1))[0]?.Attributes.ApproximateReceiveCount).toBe('1');
  await clock.advance(29_999);
  expect(await bodies()).toEqual([]);
  await clock.advance(1);
  expect((await receive(1))[0]?.Attributes.ApproximateReceiveCount).toBe('2');
  await clock.advance(30_000);
  expect(await bodies()).toEqual(['a2']);
  expect(sqs.messages(deadLetterUrl).map((message) => message.body)).toEqual(['a1']);
});

test('the same deduplication id is taken once in five minutes', async () => {
  await send('a1', 'a', 'same');
  await remove((await receive())[0]!);
  await clock.advance(299_999);
  await send('a1', 'a', 'same');
  expect(await bodies()).toEqual([]);
  await clock.advance(1);
  await send('a1', 'a', 'same');
  expect(await bodies()).toEqual(['a1']);
});

test('visibility can be changed; an expired receipt deletes nothing', async () => {
  await send('a1');
  const [held] = await receive();
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: held!.ReceiptHandle,
      VisibilityTimeout: 60,
    }),
  );
  await clock.advance(59_999);
  expect(await bodies()).toEqual([]);
  await clock.advance(1);
  await expect(remove(held!)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  expect(await bodies()).toEqual(['a1']);
});

test('batches and single sends refuse what AWS refuses', async () => {
  const entries = (count: number, bytes = 1) =>
    Array.from({ length: count }, (_, n) => ({
      Id: String(n),
      MessageBody: 'x'.repeat(bytes),
      MessageGroupId: 'a',
      MessageDeduplicationId: String(n),
    }));
  const batch = (Entries: ReturnType<typeof entries>) =>
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  await expect(batch([])).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
  await expect(batch(entries(11))).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
  await expect(batch(entries(3, 400_000))).rejects.toMatchObject({ name: 'BatchRequestTooLong' });
  await expect(batch([...entries(1), ...entries(1)])).rejects.toMatchObject({
    name: 'BatchEntryIdsNotDistinct',
  });
  const { Successful, Failed } = await batch([...entries(1), { ...entries(2)[1]!, MessageGroupId: '' }]);
  expect([Successful.length, Failed.length]).toEqual([1, 1]);
  await expect(send('a1', '')).rejects.toMatchObject({ name: 'MissingParameter' });
  await expect(send('a1', 'ñ')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(send('x'.repeat(1_048_577), 'a', 'i')).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
});

test('a standard queue delays a message, keeps its attributes, and refuses a delay above 15 minutes', async () => {
  const clock = new FakeClock({ auto: false });
  const sqs = new FakeSqs(clock, [{ url: 'https://sqs.example/plain' }]);
  const send = (DelaySeconds: number) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: 'https://sqs.example/plain',
        MessageBody: '{}',
        DelaySeconds,
        MessageAttributes: { deferrals: { DataType: 'Number', StringValue: '1' } },
      }),
    );
  const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl: 'https://sqs.example/plain' }));
  await send(10);
  await expect(send(901)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  expect(await receive()).toEqual({});
  clock.jump(10_000);
  expect((await receive()).Messages[0].MessageAttributes.deferrals.StringValue).toBe('1');
});
