import { expect, test } from 'vitest';
import { Random } from '../../faults/random.ts';
import type { OutsideCall } from '../../support/killable.ts';
import {
  changeRecord,
  creates,
  expectNothingLeft,
  expectOneReply,
  finishedRules,
  lists,
  modelCalls,
  readyWorld,
  said,
  sent,
} from './turn-world.ts';
import type { RepliesWorld } from './world.ts';

/** An update of the record whose expression or values have the text. */
const updates =
  (text: string) =>
  ({ name, input }: OutsideCall): boolean =>
    name === 'UpdateItem' && JSON.stringify(input).includes(text);
const isLease = updates('status_before_lock = if_not_exists');
const isDecided = updates('"model_done"');
const isCommit = updates('list_append');
const isModel = ({ service }: OutsideCall) => service === 'model';
const isCreate = ({ service, name }: OutsideCall) => service === 'twilio' && name === 'POST';

/** Long enough for a killed worker's message to come back, more than once. */
const RECOVERY_SECONDS = 3 * 3600;

async function recovered(world: RepliesWorld): Promise<void> {
  const first = await world.runWorker();
  expect(first?.failures, 'the process ended').toBeUndefined();
  await world.run(RECOVERY_SECONDS);
}

test('replies 38: killed with the lease taken: the message comes back after the lease, one reply', async () => {
  const world = await readyWorld();
  world.killer.after = isLease;
  await recovered(world);
  expectOneReply(world);
  expect([modelCalls(world), world.conversation().lockFence]).toEqual([1, 2]);
});

test('replies 38: the sweeper alone brings it back too', async () => {
  const world = await readyWorld();
  world.killer.after = isLease;
  await world.runWorker();
  world.sqs.clear(world.environment.WHATSAPP_QUEUE_URL ?? '');
  await world.run(RECOVERY_SECONDS, { sweeps: true });
  expectOneReply(world);
});

test('replies 39: killed when the model has answered: it is asked again the same, one reply', async () => {
  const world = await readyWorld();
  world.killer.after = isModel;
  await recovered(world);
  expectOneReply(world);
  const [first, second, ...more] = world.model.calls.map(({ body }) => body);
  expect(more).toEqual([]);
  expect(second?.input).toEqual(first?.input);
  expect([first?.store, second?.store]).toEqual([false, false]);
});

test('replies 40: killed when the reply is stored: the model is not asked again', async () => {
  const world = await readyWorld();
  world.killer.after = isDecided;
  await recovered(world);
  expectOneReply(world);
  expect(modelCalls(world)).toBe(1);
});

test('replies 41: killed before the call: an older message of the same text is not taken for it', async () => {
  // The trigger is back after 40 s, before the grace time of 60 s is over.
  const world = await readyWorld({ environment: { SQS_HEARTBEAT_INTERVAL_MS: '20000' } });
  const older = world.twilio.add({
    from: 'whatsapp:+15005550001',
    to: 'whatsapp:+15005550006',
    body: 'Hello',
  });
  changeRecord(world, entryOf(older.sid));
  world.killer.before = isCreate;
  const begun = world.clock.nowMillis();
  await recovered(world);
  expect(sent(world)).toEqual(['Hello', 'Hello']);
  expect(creates(world)).toBe(1);
  expect(lists(world)).toBe(1);
  const resentAfter = (world.twilio.messages[1]?.createdMillis ?? 0) - begun;
  expect([resentAfter >= 60_000, resentAfter < 90_000]).toEqual([true, true]);
  expect(said(world)).toEqual([
    ['assistant', 'Hello'],
    ['user', 'Hi'],
    ['assistant', 'Hello'],
  ]);
  expect(finishedRules(world)).toEqual(['unclear_resent']);
  expectNothingLeft(world);
});

const entryOf = (sid: string) => ({
  messages: {
    L: [
      {
        M: {
          role: { S: 'assistant' },
          content: { S: 'Hello' },
          message_id: { S: sid },
          part_sids: { L: [{ S: sid }] },
          timestamp: { S: '2026-11-21T10:00:00.000Z' },
        },
      },
    ],
  },
});

test('replies 42: killed when Twilio had accepted: the list finds it, and it is not sent again', async () => {
  const world = await readyWorld();
  world.killer.after = isCreate;
  await recovered(world);
  expectOneReply(world);
  expect([creates(world), modelCalls(world), world.metric('AmbiguousSend')]).toEqual([1, 1, 1]);
  expect(world.metric('DuplicateSendAvoided')).toBe(1);
  expect(world.entries()[1]?.part_sids).toEqual([world.twilio.messages[0]?.sid]);
  expect(finishedRules(world)).toEqual(['unclear_adopted']);
});

test('replies 42: the callback finds it, and Twilio is not asked', async () => {
  const world = await readyWorld();
  world.killer.after = isCreate;
  await world.runWorker();
  const callback = world.twilio.report(world.twilio.messages[0]?.sid ?? '', 'delivered');
  if (!callback) throw new Error('No callback was asked for');
  expect(await world.post(callback)).toMatchObject({ statusCode: 204 });
  await world.run(RECOVERY_SECONDS);
  expectOneReply(world);
  expect([creates(world), lists(world)]).toEqual([1, 0]);
  expect(world.entries()[1]).toMatchObject({ delivery_status: 'delivered' });
});

const REPLY = `${'One sentence of some length. '.repeat(50)}\n\n`.repeat(3).slice(0, 3500).trim();

test('replies 46: 3,500 characters, killed after part 1: three creates in all, in order, one entry', async () => {
  const world = await readyWorld({ reply: () => JSON.stringify({ content: REPLY }) });
  world.killer.after = isCreate;
  await recovered(world);
  expect(creates(world)).toBe(3);
  expect(Math.max(...sent(world).map((body) => body.length))).toBeLessThanOrEqual(1600);
  expect(sent(world).join('')).toBe(REPLY);
  expect(said(world)).toEqual([
    ['user', 'Hi'],
    ['assistant', REPLY],
  ]);
  expect(world.entries()[1]?.part_sids).toEqual(world.twilio.messages.map(({ sid }) => sid));
  expectNothingLeft(world);
});

test('replies 50: killed when all parts were sent: neither the model nor Twilio is asked for more', async () => {
  const world = await readyWorld();
  world.killer.before = isCommit;
  await recovered(world);
  expectOneReply(world);
  expect([modelCalls(world), creates(world), lists(world)]).toEqual([1, 1, 0]);
});

test('replies 55: the function runs into its timeout while the model thinks: the lease ends, one reply', async () => {
  const world = await readyWorld();
  world.killer.before = isModel;
  await recovered(world);
  expectOneReply(world);
  expect(modelCalls(world)).toBe(1);
});

/** Every call of a turn, counted over all services, in the order in which an undisturbed run makes them. */
async function callsOfTurn(): Promise<number> {
  const world = await readyWorld();
  let calls = 0;
  world.killer.onCall = () => {
    calls += 1;
  };
  await world.runWorker();
  return calls;
}

test('killed before or after any call of a turn, the outcome is one reply, and nothing is left', async () => {
  const calls = await callsOfTurn();
  expect(calls).toBeGreaterThan(12);
  for (const when of ['before', 'after'] as const)
    for (let place = 1; place <= calls; place++) {
      const world = await readyWorld();
      let count = 0;
      world.killer[when] = () => ++count === place;
      await world.run(RECOVERY_SECONDS, { sweeps: true });
      expect([world.killer[when], when, place], 'a process ended').toEqual([undefined, when, place]);
      expect([when, place, sent(world), said(world).length]).toEqual([when, place, ['Hello'], 2]);
      expectOneReply(world);
    }
});

test('killed twice, at any two calls, with three parts to send: each part once, in order', async () => {
  const random = new Random(5);
  for (let time = 0; time < 40; time++) {
    const world = await readyWorld({ reply: () => JSON.stringify({ content: REPLY }) });
    const places = [random.between(1, 25), random.between(1, 25)];
    const label = `killed at calls ${places}`;
    let killed = 0;
    const arm = () => {
      let count = 0;
      world.killer[random.next() < 0.5 ? 'before' : 'after'] = () => {
        count += 1;
        if (count !== places[killed]) return false;
        killed += 1;
        // The killer forgets its place only after this.
        if (killed < places.length) queueMicrotask(arm);
        return true;
      };
    };
    arm();
    await world.run(RECOVERY_SECONDS, { sweeps: true });
    expect(killed, label).toBe(2);
    expect(sent(world).join(''), label).toBe(REPLY);
    expect(said(world).map(([role]) => role)).toEqual(['user', 'assistant']);
    expect(creates(world), label).toBe(3);
    expectNothingLeft(world);
  }
});
