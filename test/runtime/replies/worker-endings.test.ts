import { expect, test } from 'vitest';
import type { OutsideCall } from '../../support/killable.ts';
import { stagedByHand } from './records.ts';
import {
  changeRecord,
  creates,
  expectNothingLeft,
  expectOneReply,
  finishedRules,
  modelCalls,
  put,
  readyWorld,
  recordR,
  said,
  sent,
} from './turn-world.ts';
import { RepliesWorld } from './world.ts';

const HAND_OFF = JSON.stringify({
  content: 'I will ask a colleague',
  hand_off_to_human: true,
  hand_off_to_human_reason: 'asks for a discount',
});

/** Does something once, when the model is asked. */
function whileModelRuns(world: RepliesWorld, act: () => void): void {
  world.killer.onCall = ({ service }: OutsideCall) => {
    if (service === 'model') act();
  };
}

test('replies 37: the model hands off: nothing sent, the draft goes to the person, flag and reason are set', async () => {
  const world = await readyWorld({ reply: () => HAND_OFF });
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([creates(world), finishedRules(world)]).toEqual([0, ['hand_off']]);
  expect(world.humanMessages).toMatchObject([
    { draft_reply: 'I will ask a colleague', handoff_reason: 'asks for a discount', body: 'Hi' },
  ]);
  const { status, data } = world.conversation();
  expect([status, data.hand_off_to_human, data.hand_off_to_human_reason]).toEqual([
    'handoff_required',
    true,
    'asks for a discount',
  ]);
  expect(said(world)).toEqual([['user', 'Hi']]);
  expect(world.metric('Handoffs')).toBe(1);
  expectNothingLeft(world);
});

test('replies 37: a person takes over while the model runs: nothing sent, flag and reason stay as they were set', async () => {
  const world = await readyWorld();
  whileModelRuns(world, () =>
    changeRecord(world, { hand_off_to_human: { BOOL: true }, hand_off_to_human_reason: { S: 'I do it' } }),
  );
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([creates(world), finishedRules(world)]).toEqual([0, ['hand_off']]);
  expect(world.humanMessages).toMatchObject([{ draft_reply: 'Hello' }]);
  const { data } = world.conversation();
  expect([data.hand_off_to_human, data.hand_off_to_human_reason]).toEqual([true, 'I do it']);
  expect(said(world)).toEqual([['user', 'Hi']]);
  expectNothingLeft(world);
});

test('a person takes over before the model is asked', async () => {
  const world = await readyWorld();
  changeRecord(world, { hand_off_to_human: { BOOL: true } });
  await world.runWorker();
  expect([modelCalls(world), creates(world), world.humanMessages.length]).toEqual([0, 0, 1]);
  expect(said(world)).toEqual([['user', 'Hi']]);
});

test('the user opts out while the model runs: nothing is sent and no person is told', async () => {
  const world = await readyWorld();
  whileModelRuns(world, () => changeRecord(world, { opted_out: { BOOL: true } }));
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([creates(world), world.humanMessages, finishedRules(world)]).toEqual([0, [], ['opted_out']]);
  expect(world.conversation()).toMatchObject({ status: 'template_sent', isHandedOff: false });
  expect(said(world)).toEqual([['user', 'Hi']]);
});

test('HANDOFF_SEND_DRAFT: the reply is sent and the person told', async () => {
  const world = await readyWorld({ reply: () => HAND_OFF, environment: { HANDOFF_SEND_DRAFT: 'true' } });
  await world.runWorker();
  expect(sent(world)).toEqual(['I will ask a colleague']);
  expect(world.humanMessages).toMatchObject([{ handoff_reason: 'asks for a discount' }]);
  expect(said(world)).toEqual([
    ['user', 'Hi'],
    ['assistant', 'I will ask a colleague'],
  ]);
  expect(world.conversation()).toMatchObject({ status: 'handoff_required', isHandedOff: true });
});

test('a person takes over between two parts: what was accepted is recorded, the rest is the draft', async () => {
  const reply = `${'One. '.repeat(280)}\n\n${'Two. '.repeat(250)}`.trim();
  const world = await readyWorld({ reply: () => JSON.stringify({ content: reply }) });
  world.killer.onCall = ({ service, name }) => {
    if (service === 'twilio' && name === 'POST')
      changeRecord(world, { hand_off_to_human: { BOOL: true }, hand_off_to_human_reason: { S: 'mine' } });
  };
  await world.runWorker();
  expect(creates(world)).toBe(1);
  const [, assistant] = world.entries();
  expect(assistant?.content).toBe(sent(world)[0]);
  expect(String(assistant?.content) + world.humanMessages[0]?.draft_reply).toBe(reply);
  expect(world.conversation().data.hand_off_to_human_reason).toBe('mine');
});

test('a reply of more than MAX_REPLY_PARTS messages is the draft of a person', async () => {
  const content = 'A sentence of some length. '.repeat(400).trim();
  const world = await readyWorld({ reply: () => JSON.stringify({ content }) });
  await world.runWorker();
  expect([creates(world), finishedRules(world)]).toEqual([0, ['permanent:MAX_REPLY_PARTS']]);
  expect(world.humanMessages).toMatchObject([{ draft_reply: content }]);
});

test('replies 47: the last message is 25 h old (a redrive): no free text, a person is told', async () => {
  const world = await readyWorld();
  world.clock.jump(25 * 3_600_000);
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([creates(world), modelCalls(world), finishedRules(world)]).toEqual([0, 0, ['window_closed']]);
  expect(world.humanMessages).toMatchObject([{ body: 'Hi' }]);
  expect(world.conversation().status).toBe('window_closed');
  expectNothingLeft(world);
});

test('replies 47: the same when the reply had been stored before', async () => {
  const world = await readyWorld();
  world.killer.before = ({ service, name }) => service === 'twilio' && name === 'POST';
  await world.runWorker();
  world.clock.jump(25 * 3_600_000);
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([creates(world), modelCalls(world), world.conversation().status]).toEqual([0, 1, 'window_closed']);
  expect(world.humanMessages).toMatchObject([{ draft_reply: 'Hello' }]);
});

test('replies 58: the 31st turn within an hour, earlier ones archived: no model call, a person takes over', async () => {
  const now = Date.parse('2026-11-21T10:00:00Z') / 1000;
  const turn_times = Array.from({ length: 30 }, (_, index) => now - index * 100);
  const record = recordR({ turn_times, archived_count: 60 });
  const world = await readyWorld({ records: [record] });
  await world.runWorker();
  expect([modelCalls(world), creates(world), finishedRules(world)]).toEqual([0, 0, ['turn_guard']]);
  expect(world.humanMessages).toHaveLength(1);
  expect(world.conversation()).toMatchObject({ status: 'handoff_required', isHandedOff: true });
});

test('replies 58: the 30th turn of an hour is answered, and its time is kept', async () => {
  const now = Date.parse('2026-11-21T10:00:00Z') / 1000;
  const turn_times = Array.from({ length: 30 }, (_, index) => now - index * 124);
  const world = await readyWorld({ records: [recordR({ turn_times })] });
  await world.runWorker();
  expectOneReply(world);
  expect(world.conversation().turnTimes).toHaveLength(30);
  expect(world.conversation().turnTimes.at(-1)).toBe(now + 10);
});

test('a hand-off killed at any call: the person is told at least once, the entry is there once', async () => {
  const measured = await readyWorld({ reply: () => HAND_OFF });
  let calls = 0;
  measured.killer.onCall = () => {
    calls += 1;
  };
  await measured.runWorker();
  for (const when of ['before', 'after'] as const)
    for (let place = 1; place <= calls; place++) {
      const world = await readyWorld({ reply: () => HAND_OFF });
      let count = 0;
      world.killer[when] = () => ++count === place;
      await world.run(3 * 3600, { sweeps: true });
      const at = `${when} ${place}`;
      expect(world.killer[when], at).toBeUndefined();
      expect([creates(world), said(world)], at).toEqual([0, [['user', 'Hi']]]);
      expect(world.humanMessages.length, at).toBeGreaterThanOrEqual(1);
      expect(world.humanMessages.length, at).toBeLessThanOrEqual(2);
      expect(world.conversation().isHandedOff, at).toBe(true);
      expectNothingLeft(world);
    }
});

test('media stand as lines in brackets and as entries of their own', async () => {
  const world = new RepliesWorld();
  const media = [{ content_type: 'image/jpeg', ref: 'https://api.twilio.com/media/ME1' }];
  put(world, stagedByHand({ body: '', media }));
  await world.trigger();
  await world.runWorker();
  expect(world.entries()[0]).toMatchObject({ content: '[media image/jpeg]', media });
});
