import { expect, test } from 'vitest';
import { TWILIO_SECRET } from './records.ts';
import {
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
import { HUMAN_QUEUE } from './world-setup.ts';

const reads = (world: RepliesWorld, secret: string) =>
  world.tap.details.filter(({ name, input }) => name === 'GetSecretValue' && input.SecretId === secret)
    .length;

test.each([
  ['HTTP 500', { kind: 'broken', platformObject: false, accept: true }],
  ['HTTP 500 in the words of Twilio', { kind: 'broken', platformObject: true, accept: true }],
  ['HTTP 503', { kind: 'broken', status: 503, platformObject: true, accept: true }],
  ['a broken connection', { kind: 'lose-answer' }],
] as const)(
  'replies 43: %s although accepted: the list finds it, creates in total 1',
  async (_name, fault) => {
    const world = await readyWorld();
    world.twilio.fail({ ...fault, method: 'create' });
    const began = world.clock.nowMillis();
    const runs = await world.run(600);
    expect(runs.map(({ failures }) => failures?.length)).toEqual([1, 0]);
    expectOneReply(world);
    expect([creates(world), lists(world), modelCalls(world), world.metric('AmbiguousSend')]).toEqual([
      1, 1, 1, 1,
    ]);
    expect(finishedRules(world)).toEqual(['unclear_adopted']);
    // Twilio is asked when the grace time is over, and not much later.
    const asked = world.twilio.calls.find(({ method }) => method === 'list')?.atMillis ?? 0;
    expect(asked - began).toBe(60_000);
  },
);

test('replies 43: HTTP 500 and not accepted: it is sent again when the list does not have it', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'broken', platformObject: false, method: 'create' });
  await world.run(600);
  expectOneReply(world);
  expect([creates(world), finishedRules(world)]).toEqual([2, ['unclear_resent']]);
});

test('under hold an unclear part that is not found goes to a person, and is not sent again', async () => {
  const world = await readyWorld({ environment: { SEND_AMBIGUITY_POLICY: 'hold' } });
  world.twilio.fail({ kind: 'broken', platformObject: false, method: 'create' });
  await world.run(600);
  expect([sent(world), creates(world), finishedRules(world)]).toEqual([[], 1, ['unclear_held']]);
  expect(world.humanMessages).toMatchObject([{ draft_reply: 'Hello', body: 'Hi' }]);
  expect(world.conversation()).toMatchObject({ status: 'handoff_required', isHandedOff: true });
});

test('replies 44: Twilio 429 twice: tried again later, the model asked once, no doubt about a part', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'throttle', retryAfterSeconds: 1, times: 2, method: 'create' });
  const runs = await world.run(600);
  expect(runs.map(({ failures }) => failures?.length)).toEqual([1, 1, 0]);
  expectOneReply(world);
  expect([modelCalls(world), creates(world), lists(world), world.metric('AmbiguousSend')]).toEqual([
    1, 3, 0, 0,
  ]);
  expect(world.logs.of('turn_failed').map(({ rule }) => rule)).toEqual([
    'transient:20429',
    'transient:20429',
  ]);
});

test.each([21211, 63003, 21614, 21602])(
  'replies 45: Twilio %i: a person takes over, no resend',
  async (code) => {
    const world = await readyWorld();
    world.twilio.fail({ kind: 'refuse', code, times: 9, method: 'create' });
    const runs = await world.run(7200, { sweeps: true });
    expect(runs.map(({ failures }) => failures)).toEqual([[]]);
    expect(creates(world)).toBe(1);
    expect(world.humanMessages).toMatchObject([{ draft_reply: 'Hello', handoff_reason: expect.any(String) }]);
    expect(said(world)).toEqual([['user', 'Hi']]);
    const { data, status, isHandedOff } = world.conversation();
    expect([status, isHandedOff, data.failure_reason]).toEqual([
      'handoff_required',
      true,
      `permanent:${code}`,
    ]);
    expect(finishedRules(world)).toEqual([`permanent:${code}`]);
    expectNothingLeft(world);
  },
);

test('replies 45: killed after the refusal, before the person is told: told later, and not sent again', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'refuse', code: 21211, method: 'create' });
  world.killer.before = ({ name, input }) => name === 'SendMessage' && input.QueueUrl === HUMAN_QUEUE;
  await world.run(7200);
  expect(world.killer.before, 'the process ended').toBeUndefined();
  expect([creates(world), lists(world), sent(world)]).toEqual([1, 0, []]);
  expect(world.humanMessages).toMatchObject([{ draft_reply: 'Hello' }]);
  expect(said(world)).toEqual([['user', 'Hi']]);
  expectNothingLeft(world);
});

test('replies 45: Twilio 21610: the user has opted out, and no person is told', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'refuse', code: 21610, method: 'create' });
  await world.run(7200, { sweeps: true });
  const { isOptedOut, isHandedOff, status, data } = world.conversation();
  expect([isOptedOut, isHandedOff, status]).toEqual([true, false, 'template_sent']);
  expect(data.opted_out_at).toEqual(expect.any(String));
  expect([world.humanMessages, creates(world), finishedRules(world)]).toEqual([[], 1, ['opted_out']]);
  expect(said(world)).toEqual([['user', 'Hi']]);
  expect(world.metric('OptOuts')).toBe(1);
  expectNothingLeft(world);
});

test('replies 45: Twilio 20003: the secret is read once more, then it is for an operator', async () => {
  const world = await readyWorld();
  world.tap.clear();
  world.twilio.fail({ kind: 'refuse', code: 20003, times: 99, method: 'create' });
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  expect(reads(world, TWILIO_SECRET)).toBe(2);
  expect(creates(world)).toBe(1);
  const { status, data, pendingTurn } = world.conversation();
  expect([status, data.failure_reason]).toEqual(['processing_error', 'hold:20003']);
  expect(pendingTurn?.parts).toEqual([{ text: 'Hello' }]);
  expect(world.logs.of('operator_needed')).toMatchObject([{ level: 'CRITICAL', rule: 'hold:20003' }]);
  world.twilio.repair();
  await world.run(600);
  expectOneReply(world);
  expect(modelCalls(world)).toBe(1);
});

test('a token that was exchanged meanwhile is taken at once', async () => {
  const world = await readyWorld();
  const secret = world.secrets.secrets.get(TWILIO_SECRET) as string;
  world.secrets.secrets.set(TWILIO_SECRET, secret.replace('0123456789', '9999999999'));
  let read = 0;
  world.tap.after = (call) => {
    if (call.input.SecretId === TWILIO_SECRET && ++read === 1)
      world.secrets.secrets.set(TWILIO_SECRET, secret);
  };
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
});

test.each([
  [21408, 'permission'],
  [21606, 'sender'],
  [63007, 'sender'],
])('Twilio %i (%s) is for an operator; the turn is kept', async (code) => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'refuse', code, method: 'create' });
  await world.runWorker();
  expect(world.conversation()).toMatchObject({ status: 'processing_error' });
  await world.run(600);
  expectOneReply(world);
});

test('Twilio finds a part too long: it is cut smaller, once, and the whole reply arrives', async () => {
  const reply = 'A sentence for a long reply. '.repeat(45).trim();
  const world = await readyWorld({ reply: () => JSON.stringify({ content: reply }) });
  world.twilio.fail({ kind: 'refuse', code: 21617, method: 'create' });
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(sent(world).length).toBe(2);
  expect(sent(world).join('')).toBe(reply);
  expect(said(world)[1]).toEqual(['assistant', reply]);
  expectNothingLeft(world);
});

test('Twilio finds it too long again: a person takes over', async () => {
  const reply = 'A sentence for a long reply. '.repeat(45).trim();
  const world = await readyWorld({ reply: () => JSON.stringify({ content: reply }) });
  world.twilio.fail({ kind: 'refuse', code: 21617, times: 2, method: 'create' });
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([sent(world), creates(world), finishedRules(world)]).toEqual([[], 2, ['permanent:21617']]);
  expect(world.humanMessages).toMatchObject([{ draft_reply: reply }]);
});

test('another trigger within the minute: Twilio is not asked yet, as its list may not have the message', async () => {
  const world = await readyWorld({ twilio: { listLagMillis: 30_000 } });
  world.twilio.fail({ kind: 'lose-answer', method: 'create' });
  await world.runWorker();
  world.clock.jump(5000);
  await world.trigger();
  expect((await world.runWorker())?.failures).toHaveLength(1);
  expect([creates(world), lists(world)]).toEqual([1, 0]);
  await world.run(1200);
  expectOneReply(world);
  expect([creates(world), lists(world), finishedRules(world)]).toEqual([1, 1, ['unclear_adopted']]);
});

test('the list cannot be had: the part stays unclear, and is not sent again', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'lose-answer', method: 'create' });
  world.twilio.fail({ kind: 'broken', platformObject: true, times: 2, method: 'list' });
  await world.run(1200);
  expectOneReply(world);
  expect([creates(world), lists(world)]).toEqual([1, 3]);
});

test('a secret that cannot be read while a part is unclear leaves it unclear', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'lose-answer', method: 'create' });
  await world.runWorker();
  world.restart();
  const secret = world.secrets.secrets.get(TWILIO_SECRET) as string;
  world.secrets.secrets.delete(TWILIO_SECRET);
  world.clock.jump(60_000);
  expect((await world.runWorker())?.failures).toHaveLength(1);
  world.secrets.secrets.set(TWILIO_SECRET, secret);
  await world.run(1200);
  expectOneReply(world);
  expect(creates(world)).toBe(1);
});
