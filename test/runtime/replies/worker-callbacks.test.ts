import { expect, test } from 'vitest';
import type { AwsCall } from '../../support/tap.ts';
import {
  creates,
  expectNothingLeft,
  expectOneReply,
  finishedRules,
  lists,
  readyWorld,
  sent,
} from './turn-world.ts';
import type { RepliesWorld, WorldOptions } from './world.ts';

/** Status callbacks that come while a worker is at the turn of which they tell. */

/** Twilio's list shows nothing in time. */
const LAGGING = { twilio: { listLagMillis: 3_600_000 } };

/** One part was accepted, its answer was lost, and its minute is over. */
async function unclearWorld(options: WorldOptions = {}): Promise<RepliesWorld> {
  const world = await readyWorld({ ...LAGGING, ...options });
  world.twilio.fail({ kind: 'lose-answer', method: 'create' });
  await world.runWorker();
  world.clock.jump(61_000);
  return world;
}

/** Twilio tells the engine of the first message that it accepted. */
async function report(world: RepliesWorld, status = 'delivered', code?: number): Promise<void> {
  const callback = world.twilio.report(world.twilio.messages[0]?.sid ?? '', status, code);
  if (!callback) throw new Error('No callback was asked for');
  expect(await world.post(callback)).toMatchObject({ statusCode: 204 });
}

/** Does something once, before a write of the record that has the text. */
function beforeWrite(world: RepliesWorld, text: string, act: () => Promise<void>): void {
  let isDone = false;
  world.tap.before = async ({ name, input }: AwsCall) => {
    if (isDone || name !== 'UpdateItem' || !JSON.stringify(input).includes(text)) return;
    isDone = true;
    await act();
  };
}

/** Does something once, while Twilio is asked. */
function atTwilio(world: RepliesWorld, method: string, act: () => Promise<void>): void {
  let isDone = false;
  world.killer.onCall = async ({ service, name }) => {
    if (isDone || service !== 'twilio' || name !== method) return;
    isDone = true;
    await act();
  };
}

test('replies 49: the callback comes while Twilio is asked, whose list lags: its sid is adopted, creates in total 1', async () => {
  const world = await unclearWorld();
  atTwilio(world, 'GET', () => report(world));
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
  expect([creates(world), lists(world), finishedRules(world)]).toEqual([1, 1, ['unclear_adopted']]);
  expect(world.entries()[1]).toMatchObject({
    part_sids: [world.twilio.messages[0]?.sid],
    delivery_status: 'delivered',
  });
  expect([world.metric('AmbiguousSend'), world.metric('DuplicateSendAvoided')]).toEqual([1, 1]);
});

test('replies 49: the callback comes right before the write of `sending`: the same', async () => {
  const world = await unclearWorld();
  beforeWrite(world, '"sending"', () => report(world, 'sent'));
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
  expect([creates(world), finishedRules(world)]).toEqual([1, ['unclear_adopted']]);
});

test('replies 49: it comes while Twilio is asked, and a person has taken over meanwhile: what arrived is recorded', async () => {
  const world = await unclearWorld();
  atTwilio(world, 'GET', () => report(world, 'failed', 30_008));
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([creates(world), sent(world)]).toEqual([1, ['Hello']]);
  expect(world.entries()[1]).toMatchObject({ delivery_status: 'failed', error_code: '30008' });
  expect(world.conversation()).toMatchObject({ isHandedOff: true });
  expectNothingLeft(world);
});

test('replies 49: under hold, too, a callback during the question counts: nobody is called', async () => {
  const world = await unclearWorld({ environment: { SEND_AMBIGUITY_POLICY: 'hold' } });
  atTwilio(world, 'GET', () => report(world));
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
  expect([creates(world), finishedRules(world), world.humanMessages]).toEqual([1, ['unclear_adopted'], []]);
});

test.each([
  ['was refused for now', { kind: 'throttle', retryAfterSeconds: 1, method: 'create' }],
  ['was broken and not done', { kind: 'broken', platformObject: true, method: 'create' }],
] as const)(
  'an unclear part that the list did not have yet, and whose second send %s, is looked for from the first send on',
  async (_name, fault) => {
    const world = await unclearWorld({ twilio: { listLagMillis: 70_000 } });
    world.twilio.fail(fault);
    await world.runWorker();
    expect([creates(world), lists(world)]).toEqual([2, 1]);
    await world.run(1200);
    expectOneReply(world);
    expect([creates(world), lists(world), finishedRules(world)]).toEqual([2, 2, ['unclear_adopted']]);
  },
);

test('a callback between the write of `sending` and the call comes too late, but its status stays with its own message', async () => {
  const world = await unclearWorld();
  atTwilio(world, 'POST', () => report(world));
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  // Nobody can know in time: Twilio has two messages, and the record tells of the first and what became of it.
  expect(creates(world)).toBe(2);
  expect(world.entries()[1]).toMatchObject({
    part_sids: [world.twilio.messages[0]?.sid],
    delivery_status: 'delivered',
  });
  expectNothingLeft(world);
});

test('replies 48: what a callback told of part 1 stays when part 2 is cut smaller', async () => {
  const reply = 'A sentence for a long reply. '.repeat(90).trim();
  const world = await readyWorld({ reply: () => JSON.stringify({ content: reply }) });
  let creations = 0;
  world.killer.onCall = async ({ service, name }) => {
    if (service !== 'twilio' || name !== 'POST' || ++creations !== 2) return;
    await report(world, 'undelivered', 63_016);
    world.twilio.fail({ kind: 'refuse', code: 21617, method: 'create' });
  };
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(sent(world).join('')).toBe(reply);
  expect(sent(world).length).toBeGreaterThan(2);
  expect(world.entries()[1]).toMatchObject({ delivery_status: 'undelivered', error_code: '63016' });
  expect(world.conversation().status).toBe('window_closed');
  expectNothingLeft(world);
});
