import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from 'vitest';
import { queueHandOff } from '../../runtime/bot/hand-off-queue.ts';
import type { Job } from '../../runtime/bot/job.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

const jobOf = (chatId: string, eventId: string): Job => ({
  maws_job_version: 1,
  provider: 'whatsapp',
  bot_type: 'whatsapp',
  chat_id: chatId,
  event_id: eventId,
  payload: {},
  v: 1,
  job_kind: 'turn',
  user_id: chatId,
  sent_at: '2026-11-21T10:00:00Z',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});

interface Received {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

/** The FIFO queue as the hand-off and the worker rely on it (contract bot §6.3, §7.4). */
export function defineQueueConformance(name: string, makeClients: MakeClients): void {
  describe(`queue on ${name}`, () => {
    let clients: ConformanceClients;
    beforeAll(async () => {
      clients = await makeClients();
    });
    const handOff = (...jobs: Job[]) =>
      queueHandOff(clients.sqs, clients.queueUrl, new FakeClock()).send(jobs);
    const receive = async (QueueUrl = clients.queueUrl): Promise<Received[]> => {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      });
      return (await clients.sqs.send(command)).Messages ?? [];
    };
    const remove = (message: Received, QueueUrl = clients.queueUrl) =>
      clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    const eventOf = (message: Received) => (JSON.parse(message.Body) as { maws_job: Job }).maws_job.event_id;
    /** Receives and deletes until the queue is empty; the ids in order. */
    const drain = async () => {
      const events: string[] = [];
      for (let batch = await receive(); batch.length > 0; batch = await receive())
        for (const message of batch) {
          events.push(eventOf(message));
          await remove(message);
        }
      return events;
    };

    test('messages of one chat keep their order, several in one call too', async () => {
      const chat = randomUUID();
      const ids = Array.from({ length: 12 }, () => randomUUID());
      await handOff(...ids.slice(0, 5).map((id) => jobOf(chat, id)));
      for (const id of ids.slice(5)) await handOff(jobOf(chat, id));
      expect(await drain()).toEqual(ids);
    });

    test('the same event is taken once', async () => {
      const job = jobOf(randomUUID(), randomUUID());
      await handOff(job);
      await handOff({ ...job, payload: { changed: true } });
      expect(await drain()).toEqual([job.event_id]);
    });

    test('group, deduplication id and receive count arrive', async () => {
      const job = jobOf('a b', randomUUID());
      await handOff(job);
      const [message] = await receive();
      expect(message?.Attributes).toMatchObject({
        MessageGroupId: 'u_YSBi',
        MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
        ApproximateReceiveCount: '1',
      });
      await remove(message!);
    });

    test('a message in flight holds its group back; given back, it comes again; then the dead-letter queue', async () => {
      const chat = randomUUID();
      const [first, second] = [randomUUID(), randomUUID()] as const;
      await handOff(jobOf(chat, first));
      const [held] = await receive();
      await handOff(jobOf(chat, second));
      expect(await receive()).toEqual([]);
      await clients.sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: clients.queueUrl,
          ReceiptHandle: held!.ReceiptHandle,
          VisibilityTimeout: 0,
        }),
      );
      const [again] = await receive();
      expect(eventOf(again!)).toBe(first);
      expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
      // The queue hides the first message for 2 s; how soon after that it is put away differs between back ends.
      let after: string[] = [];
      for (let waits = 0; after.length === 0 && waits < 20; waits++) {
        await clients.waitMillis(1500);
        after = await drain();
      }
      expect(after).toEqual([second]);
      const dead = await receive(clients.deadLetterUrl);
      expect(dead.map(eventOf)).toEqual([first]);
      for (const message of dead) await remove(message, clients.deadLetterUrl);
    });
  });
}
