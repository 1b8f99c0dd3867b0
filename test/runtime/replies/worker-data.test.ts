import { expect, test } from 'vitest';
import { itemBytes, storedItem } from '../../../runtime/core/dynamodb-values.ts';
import type { JsonRecord } from '../../../runtime/core/json.ts';
import { awsError } from '../../support/tap.ts';
import { recordR, SID, stagedByHand } from './records.ts';
import { TABLES } from './tables.ts';
import {
  changeRecord,
  creates,
  expectNothingLeft,
  expectOneReply,
  finishedRules,
  lastRule,
  modelCalls,
  put,
  readyWorld,
  said,
  sent,
  sid,
} from './turn-world.ts';
import { RepliesWorld } from './world.ts';

/** Records and rows that something else, or a write that failed, left in a state that no healthy run leaves. */

test('replies 13: a STOP whose record could not be written: what follows is kept and not answered, sweeper or not', async () => {
  const world = new RepliesWorld();
  world.tap.before = ({ name, input }) => {
    if (name === 'UpdateItem' && input.TableName === TABLES.conversations)
      throw awsError('ThrottlingException', 400);
  };
  expect(await world.webhook({ messageSid: sid(1), text: 'STOP' })).toMatchObject({ statusCode: 503 });
  world.tap.before = undefined;
  await world.webhook({ messageSid: sid(2), text: 'hello' });
  await world.run(20);
  expect([modelCalls(world), creates(world), finishedRules(world)]).toEqual([0, 0, ['opted_out']]);
  expect(said(world)).toEqual([['user', 'hello']]);
  await world.run(600, { sweeps: true });
  expect(world.conversation().isOptedOut).toBe(true);
  expect(said(world)).toEqual([
    ['user', 'hello'],
    ['user', 'STOP'],
  ]);
  expect(modelCalls(world)).toBe(0);
  expectNothingLeft(world);
});

test('replies 13: the left-over row of a STOP that the record knows keeps nobody from an answer', async () => {
  const processed_sids = [sid(9)];
  const world = await readyWorld({ records: [recordR({ processed_sids })] });
  put(world, stagedByHand({ message_sid: sid(9), body: 'STOP', route: 'opted_out', wish: 'out' }));
  await world.runWorker();
  expectOneReply(world);
});

test('replies 37: the model wants a person and the user opts out meanwhile: the person has the conversation, also after START', async () => {
  const reply = () =>
    JSON.stringify({ content: '', hand_off_to_human: true, hand_off_to_human_reason: 'asks' });
  const world = await readyWorld({ reply });
  world.killer.onCall = async ({ service }) => {
    if (service !== 'model') return;
    world.killer.onCall = undefined;
    await world.webhook({ messageSid: sid(2), text: 'STOP' });
  };
  await world.run(60);
  expect(world.humanMessages).toMatchObject([{ handoff_reason: 'asks' }]);
  expect(world.conversation()).toMatchObject({ isHandedOff: true, isOptedOut: true });
  expect(world.conversation().data.hand_off_to_human_reason).toBe('asks');
  await world.webhook({ messageSid: sid(3), text: 'START' });
  await world.webhook({ messageSid: sid(4), text: 'Are you there?' });
  await world.run(600);
  expect([modelCalls(world), world.humanMessages.length]).toEqual([1, 2]);
});

/** Record R with so many bytes of old entries, or of data that no archive takes. */
const largeRecord = (bytes: number, where: 'messages' | 'project_data') => {
  const entry = { role: 'user', message_id: 'old', content: 'x'.repeat(10_120) };
  const messages = Array.from({ length: Math.floor(bytes / 10_000) }, () => entry);
  return recordR(where === 'messages' ? { messages } : { project_data: { text: 'x'.repeat(bytes) } });
};

test('replies 56: a record near 400 KB is made smaller before the model is asked; one reply', async () => {
  const record = largeRecord(400_000, 'messages');
  expect(itemBytes(record)).toBeGreaterThan(397 * 1024);
  const long = 'A sentence for a long reply. '.repeat(250).trim();
  const world = await readyWorld({ records: [record], reply: () => JSON.stringify({ content: long }) });
  await world.run(7200, { sweeps: true });
  expect([modelCalls(world), sent(world).join('')]).toEqual([1, long]);
  expect(said(world).slice(-2)).toEqual([
    ['user', 'Hi'],
    ['assistant', long],
  ]);
  expect(world.blocks.flatMap((block) => block.entries as JsonRecord[]).length).toBeGreaterThan(20);
  expectNothingLeft(world);
});

test('replies 56: a record that no archive makes smaller is for an operator, and costs no model call', async () => {
  const world = await readyWorld({ records: [largeRecord(400_000, 'project_data')] });
  await world.run(7200, { sweeps: true });
  await world.webhook({ messageSid: sid(2), text: 'Anybody?' });
  await world.run(7200, { sweeps: true });
  expect([modelCalls(world), sent(world)]).toEqual([0, []]);
  expect(world.conversation()).toMatchObject({ status: 'processing_error' });
  expect(world.conversation().data.failure_reason).toBe('hold:RECORD_TOO_LARGE');
  expect(world.logs.of('operator_needed').length).toBeGreaterThan(0);
  expect(world.staged.length).toBe(2);
});

test.each(['model_done', 'sending', 'sent'])(
  'replies 28: a stored turn in state %s without parts or an ending has no reply yet: the model is asked',
  async (state) => {
    const world = await readyWorld();
    const pending_turn = { turn_id: 't1', state, message_sids: [SID], combined_body: 'Hi', parts: [] };
    changeRecord(world, storedItem({ pending_turn }));
    await world.runWorker();
    expectOneReply(world);
    expect(modelCalls(world)).toBe(1);
  },
);

const NEVER = ['z', 'soon', '32503680000', 32_503_680_000];

test.each(NEVER)(
  'replies 29: a lease that ends at %j is held until its length is over since it was taken; then one reply',
  async (lock_expires_at) => {
    const world = await readyWorld();
    const taken = new Date(world.clock.nowMillis() - 5000).toISOString();
    const held = { conversation_status: 'processing_reply', lock_owner: 'other', lock_fence: 3 };
    changeRecord(world, storedItem({ ...held, lock_expires_at, processing_started_at: taken }));
    expect(await world.runWorker()).toMatchObject({ failures: [] });
    expect([sent(world), lastRule(world)]).toEqual([[], 'deferred']);
    await world.run(590, { sweeps: true });
    expect(sent(world)).toEqual([]);
    await world.run(600, { sweeps: true });
    expectOneReply(world);
  },
);

test.each([
  ['an expiry of text, no time of taking', { lock_expires_at: 'z' }],
  ['an expiry of text, a time of taking that is none', { lock_expires_at: 'z', processing_started_at: 'z' }],
  [
    'an expiry in 3000, taken in 3000',
    { lock_expires_at: 32_503_680_000, processing_started_at: '3000-01-01' },
  ],
  ['no expiry, changed at a time that is none', { updated_at: 'z' }],
  ['no expiry, changed in 3000', { updated_at: '3000-01-01T00:00:00.000Z' }],
])('replies 29: a lease that nothing dates keeps nobody waiting: %s', async (_name, more) => {
  const world = await readyWorld();
  const { item } = world.conversation();
  const { updated_at: _, ...rest } = item;
  const held = { conversation_status: 'processing_reply', lock_owner: 'other', ...more };
  world.dynamodb.seed({ ...rest, ...storedItem(held) }, TABLES.conversations);
  await world.run(1200, { sweeps: true });
  expectOneReply(world);
});

test.each(['true', 'True', '1', 1, 'yes'])(
  'replies 12: hand_off_to_human stored as %j: a person has the conversation',
  async (flag) => {
    const world = new RepliesWorld({ records: [recordR({ hand_off_to_human: flag })] });
    await world.webhook();
    await world.run(60);
    expect([modelCalls(world), world.humanMessages.length, world.triggers.length]).toEqual([0, 1, 0]);
  },
);

test.each(['true', '1', 1])(
  'replies 37: a person sets the flag to %j while the model runs: nothing is sent',
  async (flag) => {
    const world = await readyWorld();
    world.killer.onCall = ({ service }) => {
      if (service === 'model') changeRecord(world, storedItem({ hand_off_to_human: flag }));
    };
    await world.runWorker();
    expect([sent(world), finishedRules(world)]).toEqual([[], ['hand_off']]);
    expect(world.humanMessages).toMatchObject([{ draft_reply: 'Hello' }]);
    expect(world.conversation().data.hand_off_to_human).toBe(flag);
  },
);

test.each(['true', 1])('replies 13: opted_out stored as %j: nothing is answered', async (flag) => {
  const world = await readyWorld();
  changeRecord(world, storedItem({ opted_out: flag }));
  await world.runWorker();
  expect([modelCalls(world), sent(world), finishedRules(world)]).toEqual([0, [], ['opted_out']]);
});

test.each(['false', 'False', '0', 0, '', null])('flags stored as %j are not set', async (flag) => {
  const flags = { hand_off_to_human: flag, opted_out: flag, auto_queue_reply_message: flag };
  const world = await readyWorld({ records: [recordR(flags)] });
  await world.runWorker();
  expectOneReply(world);
});

test.each([' ', '\n\t', '\u00a0'])(
  'a message of blanks alone (%j) is asked about as one without text',
  async (text) => {
    const world = new RepliesWorld();
    put(world, stagedByHand({ body: text }));
    await world.trigger();
    await world.run(600);
    expect([modelCalls(world), sent(world)]).toEqual([1, ['Hello']]);
    expect(said(world)[0]).toEqual(['user', '[message without text]']);
    expectNothingLeft(world);
  },
);

test('the model says that the goal is reached: the record says so with the reply; a 0 changes nothing', async () => {
  for (const [said, stored] of [
    [1, 1],
    [0, 0],
  ]) {
    const world = await readyWorld({
      reply: () => JSON.stringify({ content: 'Hello', task_complete: said }),
    });
    await world.runWorker();
    expectOneReply(world);
    expect(world.conversation().data.task_complete).toBe(stored);
  }
});

test('a retry-after of hours keeps nobody waiting for hours', async () => {
  const world = await readyWorld();
  world.twilio.fail({ kind: 'throttle', retryAfterSeconds: 40_000, method: 'create' });
  await world.run(700);
  expectOneReply(world);
});
