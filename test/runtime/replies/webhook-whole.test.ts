import { describe, expect, test } from 'vitest';
import { twilioStatusWebhook } from '../../../local/recordings/twilio.ts';
import { SID } from './records.ts';
import { RepliesWorld } from './world.ts';
import { STATUS_URL } from './world-setup.ts';

/** Webhook, worker and sweeper together, on the rows that need them all. */

const sid = (number: number) => `SM${String(number).padStart(32, '0')}`;

const isStagePut = ({ service, name, input }: { service: string; name: string; input: object }) =>
  service === 'dynamodb' && name === 'PutItem' && JSON.stringify(input).includes('message_sid');

function expectOneReply(world: RepliesWorld, turns = 1): void {
  expect(world.twilio.messages.map(({ body }) => body)).toEqual(Array(turns).fill('Hello'));
  const roles = Array.from({ length: turns }, () => ['user', 'assistant']).flat();
  expect(world.entries().map(({ role }) => role)).toEqual(roles);
  expect([world.staged, world.locks, world.triggers]).toEqual([[], [], []]);
  expect(world.conversation().status).toBe('reply_sent');
}

describe('what the webhook leaves undone is answered', () => {
  test('replies 16: killed between row and lock, the sweeper triggers within 180 s; one reply', async () => {
    const world = new RepliesWorld();
    world.killer.after = isStagePut;
    expect(await world.webhook({ messageSid: SID })).toBeUndefined();
    expect([world.staged.length, world.locks, world.triggers]).toEqual([1, [], []]);
    await world.run(180, { sweeps: true });
    expectOneReply(world);
    await world.run(3600, { sweeps: true });
    expectOneReply(world);
  });

  test('replies 15: a trigger that was never sent; one reply', async () => {
    const world = new RepliesWorld();
    world.killer.onCall = ({ name }) => {
      if (name !== 'SendMessage') return;
      throw Object.assign(new Error('down'), {
        name: 'ServiceUnavailable',
        $metadata: { httpStatusCode: 503 },
      });
    };
    expect(await world.webhook({ messageSid: SID })).toMatchObject({ statusCode: 503 });
    world.killer.onCall = undefined;
    await world.run(180, { sweeps: true });
    expectOneReply(world);
  });

  test.each(['before', 'after'] as const)(
    'replies 16: whatever call the webhook dies %s, a repeat or the sweeper leads to one reply',
    async (when) => {
      for (let call = 1; call <= 6; call++)
        for (const isRepeated of [true, false]) {
          const world = new RepliesWorld();
          let left = call;
          world.killer[when] = () => --left === 0;
          const answer = await world.webhook({ messageSid: SID });
          world.killer[when] = undefined;
          expect(answer).toBeUndefined();
          const isStaged = world.staged.length === 1;
          if (isRepeated) {
            world.clock.jump(2000);
            expect(await world.webhook({ messageSid: SID })).toMatchObject({ statusCode: 200 });
          }
          await world.run(600, { sweeps: true });
          // Nobody knows of a message that was not staged, if it does not come again.
          if (isRepeated || isStaged) expectOneReply(world);
          else expect(world.twilio.messages).toEqual([]);
        }
    },
  );
});

describe('what the worker leaves undone is swept', () => {
  test('replies 38: killed with the lease taken and its trigger gone, the sweeper wakes another; one reply', async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    world.clock.jump(10_000);
    world.killer.after = ({ name }) => name === 'UpdateItem';
    expect((await world.runWorker())?.failures).toBeUndefined();
    // As if the message had been lost: the sweeper alone has to see it.
    for (const message of world.triggers) message.visibleAtMillis = Number.POSITIVE_INFINITY;
    expect(world.conversation()).toMatchObject({ status: 'processing_reply', turnAttempts: 1 });
    await world.run(900, { sweeps: true });
    expect(world.twilio.messages.map(({ body }) => body)).toEqual(['Hello']);
    expect(world.entries()).toHaveLength(2);
    expect(world.staged).toEqual([]);
  });

  test('replies 54: five failures in a row, the sweeper running; a new message, one reply per turn', async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    world.model.fail({ kind: 'broken', platformObject: true, status: 500, times: 1000 });
    const runs = await world.run(7200, { sweeps: true });
    expect(runs).toHaveLength(5);
    expect(new Set(runs.flatMap(({ messageIds }) => messageIds)).size).toBe(1);
    expect(world.deadLetters).toHaveLength(1);
    expect(world.triggers).toEqual([]);
    expect(world.metric('StageOrphansSwept')).toBe(0);
    expect(world.conversation()).toMatchObject({ status: 'retry', turnAttempts: 5 });
    expect(world.conversation().pendingTurn?.messageSids).toEqual([SID]);
    expect(world.staged).toHaveLength(1);
    world.model.repair();
    await world.webhook({ messageSid: sid(2), text: 'still there?' });
    await world.run(60, { sweeps: true });
    expectOneReply(world, 2);
  });

  test('replies 54: the same by a redrive', async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    world.model.fail({ kind: 'broken', platformObject: true, status: 500, times: 1000 });
    await world.run(7200, { sweeps: true });
    world.model.repair();
    await world.redrive();
    await world.run(60, { sweeps: true });
    expectOneReply(world);
  });
});

describe('callbacks while a turn is under way', () => {
  test('replies 49: a callback that comes before our sid is stored: the sid is adopted, one reply', async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    world.clock.jump(10_000);
    world.killer.after = ({ service, name }) => service === 'twilio' && name === 'POST';
    await world.runWorker();
    const [sent] = world.twilio.messages;
    const callback = world.twilio.report(sent?.sid ?? '', 'delivered');
    expect(callback?.url).toMatch(/\?turn=[0-9a-f]{32}&part=1$/);
    for (let times = 0; times < 2; times++)
      expect(await world.post(callback as NonNullable<typeof callback>)).toMatchObject({ statusCode: 204 });
    expect(world.conversation().pendingTurn?.parts).toMatchObject([{ sid: sent?.sid }]);
    await world.run(3600, { sweeps: true });
    expectOneReply(world);
    expect(world.twilio.calls.filter(({ method }) => method === 'create')).toHaveLength(1);
    expect(world.entries()[1]).toMatchObject({ part_sids: [sent?.sid] });
  });

  test('replies 48: a failure that Twilio tells just before the commit is in the entry and in the status', async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    let isTold = false;
    world.killer.onCall = async ({ name, input }) => {
      if (isTold || name !== 'UpdateItem' || !JSON.stringify(input).includes('list_append')) return;
      isTold = true;
      const url = world.twilio.messages[0]?.statusCallback ?? STATUS_URL;
      const messageSid = world.twilio.messages[0]?.sid ?? '';
      await world.post(twilioStatusWebhook({ url, messageSid, status: 'failed', errorCode: 63016 }));
    };
    await world.run(15);
    expect(world.entries()[1]).toMatchObject({ delivery_status: 'failed', error_code: '63016' });
    expect(world.conversation().status).toBe('window_closed');
    expect(world.conversation().data.failure_reason).toContain('63016');
    expect(world.humanMessages).toHaveLength(1);
    expect(world.entries()).toHaveLength(2);
    expect(world.twilio.messages).toHaveLength(1);
  });

  test('replies 48: the callbacks of a real reply find its entry', async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    await world.run(15);
    const [sent] = world.twilio.messages;
    const report = (status: string, errorCode?: number) =>
      world.post(
        twilioStatusWebhook({
          url: sent?.statusCallback ?? STATUS_URL,
          messageSid: sent?.sid ?? '',
          status,
          errorCode,
        }),
      );
    expect(await report('sent')).toMatchObject({ statusCode: 204 });
    expect(world.entries()[1]).toMatchObject({ delivery_status: 'sent' });
    expect(await report('failed', 63016)).toMatchObject({ statusCode: 204 });
    expect(world.entries()[1]).toMatchObject({ delivery_status: 'failed', error_code: '63016' });
    expect(world.conversation().status).toBe('window_closed');
    expect(world.humanMessages).toMatchObject([{ message_sids: [sent?.sid], draft_reply: 'Hello' }]);
    // The user writes again: the window is open.
    world.clock.jump(1000);
    await world.webhook({ messageSid: sid(2) });
    await world.run(15);
    expect(world.twilio.messages).toHaveLength(2);
    expect(world.conversation().status).toBe('reply_sent');
  });
});

describe('no lock stands in the way of a trigger', () => {
  test('replies 61: (a) staged right after a trigger was put off', async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    world.clock.jump(10_000);
    world.killer.onCall = async ({ service }) => {
      if (service !== 'model') return;
      world.killer.onCall = undefined;
      await world.trigger();
      await world.runWorker();
      expect(world.metric('Deferrals')).toBe(1);
      await world.webhook({ messageSid: sid(2), text: 'one more' });
      expect(
        world.triggers.some(({ visibleAtMillis }) => visibleAtMillis === world.clock.nowMillis() + 10_000),
      ).toBe(true);
    };
    await world.runWorker();
    const released = world.clock.nowMillis();
    await world.run(15);
    expect(world.twilio.messages).toHaveLength(2);
    expect(world.twilio.messages[1]?.createdMillis).toBeLessThanOrEqual(released + 15_000);
    expect(world.entries().map(({ content }) => content)).toEqual(['Hi', 'Hello', 'one more', 'Hello']);
  });

  test("replies 61: (b) staged right after the holder's last look", async () => {
    const world = new RepliesWorld();
    await world.webhook({ messageSid: SID });
    world.clock.jump(10_000);
    let looks = 0;
    world.tap.after = async ({ name, input }) => {
      if (name !== 'Query' || input.TableName !== 'conversations-stage' || ++looks < 2) return;
      world.tap.after = undefined;
      await world.webhook({ messageSid: sid(2), text: 'one more' });
    };
    await world.runWorker();
    expect(looks).toBe(2);
    const staged = world.clock.nowMillis();
    await world.run(15);
    expect(world.twilio.messages[1]?.createdMillis).toBeLessThanOrEqual(staged + 15_000);
    expectOneReply(world, 2);
  });
});
