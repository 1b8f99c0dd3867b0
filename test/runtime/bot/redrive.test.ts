import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../runtime/bot/job.ts';
import { type RedriveItem, redrive } from '../../../runtime/bot/redrive.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { DAY_SECONDS, DLQ, FAILURES, outcomes, QUEUE, STANDARD, setUp } from './redrive-world.ts';

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

  describe('more letters of a chat than SQS hands out while the first are held', () => {
    const twelve = async () => {
      const world = setUp();
      for (let n = 1; n <= 12; n++) await world.bury('chat', `e${n}`);
      return world;
    };
    const count = (items: readonly RedriveItem[]) =>
      Object.entries(Object.groupBy(items, ({ outcome }) => outcome)).map(([outcome, of]) => [
        outcome,
        of.length,
      ]);

    it('a dry run tells how many it could not look at', async () => {
      const { run } = await twelve();
      expect(count(await run({ dryRun: true }))).toEqual([
        ['would-redrive', 10],
        ['unseen', 2],
      ]);
    });

    it('a filter that wants one of them tells the same', async () => {
      const { run, events } = await twelve();
      const filter = ({ event_id }: Job) => event_id === 'e12';
      expect(count(await run({ filter }))).toEqual([
        ['filtered', 10],
        ['unseen', 2],
      ]);
      expect(events(DLQ)).toHaveLength(12);
    });

    it('those behind are reached when letters before them have gone', async () => {
      const { run, events } = await twelve();
      const filter = ({ event_id }: Job) => ['e2', 'e3', 'e12'].includes(event_id);
      const items = await run({ filter });
      expect(count(items)).toEqual([
        ['filtered', 9],
        ['redriven', 3],
      ]);
      expect(events(QUEUE)).toEqual(['e2', 'e3', 'e12']);
      expect(events(DLQ)).toHaveLength(9);
    });

    it('what could not be sent is not tried again on the way', async () => {
      const { clock, sqs, lambda, bury } = await twelve();
      for (let n = 1; n <= 12; n++) await bury('other', `o${n}`);
      const tried: string[] = [];
      const refusing = {
        send: async (command: { readonly input: object }) => {
          const { QueueUrl, MessageBody = '' } = command.input as { QueueUrl: string; MessageBody?: string };
          if (QueueUrl === QUEUE) tried.push(JSON.parse(MessageBody).maws_job.event_id);
          if (QueueUrl === QUEUE && MessageBody.includes('"e3"'))
            throw Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: {} });
          return sqs.send(command);
        },
      };
      const items = await redrive(
        { deadLetterUrl: DLQ, target: { queueUrl: QUEUE }, dedupeTtlSeconds: DAY_SECONDS },
        { sqs: refusing, lambda, clock },
      );
      expect(tried.filter((event) => event.startsWith('e'))).toEqual(['e1', 'e2', 'e3']);
      expect(tried.filter((event) => event.startsWith('o'))).toHaveLength(12);
      expect(count(items)).toEqual([
        ['redriven', 14],
        ['failed', 10],
      ]);
    });
  });

  it('goes on when letters that it held come back on a long run', async () => {
    const { clock, sqs, job } = setUp();
    const send = (event: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: FAILURES, MessageBody: JSON.stringify(job('a', event)) }));
    for (let n = 0; n < 10; n++) await send(`unwanted${n}`);
    for (let n = 0; n < 45; n++) await send(`wanted${n}`);
    const filter = ({ event_id }: Job) => event_id.startsWith('wanted');
    const items = await redrive(
      {
        deadLetterUrl: FAILURES,
        target: { queueUrl: STANDARD },
        dedupeTtlSeconds: DAY_SECONDS,
        ratePerSecond: 1 / 61,
        filter,
      },
      { sqs, lambda: new FakeLambda(), clock },
    );
    expect(items.filter(({ outcome }) => outcome === 'redriven')).toHaveLength(45);
    expect(sqs.messages(FAILURES)).toHaveLength(10);
    expect(sqs.messages(FAILURES).every(({ visibleAtMillis }) => visibleAtMillis <= clock.nowMillis())).toBe(
      true,
    );
  });

  it('holds a batch for as long as its rate takes', async () => {
    const { bury, run } = setUp();
    for (let n = 0; n < 10; n++) await bury('chat', `e${n}`);
    const items = await run({ ratePerSecond: 1 / 200 });
    expect(items.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'redriven'));
  });
});
