import { expect, test } from 'vitest';
import type { Item } from '../../../runtime/core/dynamodb-values.ts';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { newTurn } from '../../../runtime/replies/new-turn.ts';
import { pendingTurnData } from '../../../runtime/replies/pending-turn.ts';
import type { OutsideCall } from '../../support/killable.ts';
import { stagedByHand } from './records.ts';
import {
  CONVERSATION,
  changeRecord,
  creates,
  expectNothingLeft,
  expectOneReply,
  modelCalls,
  put,
  readyWorld,
  said,
  sent,
  sid,
} from './turn-world.ts';
import { RepliesWorld } from './world.ts';

const isStageQuery = ({ name, input }: OutsideCall) =>
  name === 'Query' && input.TableName === 'conversations-stage';

test('replies 26: a message staged right after the stage query has a trigger of its own: two turns, two replies', async () => {
  const world = await readyWorld();
  let isDone = false;
  let ownTriggers = 0;
  world.tap.after = async (call) => {
    if (isDone || !isStageQuery(call)) return;
    isDone = true;
    const before = world.triggers.length;
    await world.webhook({ messageSid: sid(2), text: 'And then?' });
    ownTriggers = world.triggers.length - before;
  };
  await world.runWorker();
  world.tap.after = undefined;
  expect(ownTriggers).toBe(1);
  await world.run(60);
  expect(sent(world)).toEqual(['Hello', 'Hello']);
  expect(said(world).map(([, content]) => content)).toEqual(['Hi', 'Hello', 'And then?', 'Hello']);
  expectNothingLeft(world);
});

/** A record that another worker holds. */
const held = (lockExpiresAtSeconds: number): Item => ({
  ...storedItem({
    conversation_status: 'processing_reply',
    lock_owner: 'other',
    lock_fence: 3,
    lock_expires_at: lockExpiresAtSeconds,
    status_before_lock: 'template_sent',
    turn_attempts: 1,
  }),
});

test('replies 27: a second trigger during a live lease is replaced by a delayed one, and the lock is deleted', async () => {
  const world = await readyWorld();
  const nowSeconds = world.clock.nowMillis() / 1000;
  changeRecord(world, held(nowSeconds + 100));
  world.tap.clear();
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(world.tap.calls).toEqual(['UpdateItem', 'SendMessage', 'DeleteItem']);
  expect(world.triggers).toMatchObject([
    {
      body: JSON.stringify({ conversation_id: CONVERSATION, primary_channel: '+15005550006' }),
      attributes: { deferrals: { DataType: 'Number', StringValue: '1' }, v: { StringValue: '1' } },
      visibleAtMillis: (nowSeconds + 105) * 1000,
    },
  ]);
  expect(world.locks).toEqual([]);
  expect(world.conversation()).toMatchObject({ lockOwner: 'other', lockFence: 3, turnAttempts: 1 });
  expect(world.metric('Deferrals')).toBe(1);
  expect(world.logs.of('trigger_deferred')).toMatchObject([{ rule: 'deferred', deferrals: 1 }]);
});

test('replies 27: a real first turn goes on unharmed, and the replacement finds an empty stage', async () => {
  const world = await readyWorld();
  let isDone = false;
  world.killer.onCall = async ({ service }) => {
    if (service !== 'model' || isDone) return;
    isDone = true;
    await world.trigger();
  };
  await world.runWorker();
  const runs = await world.run(1200);
  expect(runs.map(({ failures }) => failures)).toEqual([[]]);
  expectOneReply(world);
  expect(world.triggers).toEqual([]);
});

test('a trigger that was put off 60 times is given back instead', async () => {
  const world = new RepliesWorld();
  changeRecord(world, held(world.clock.nowMillis() / 1000 + 100));
  const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
  const MessageBody = JSON.stringify({ conversation_id: CONVERSATION, primary_channel: '+15005550006' });
  const MessageAttributes = { deferrals: { DataType: 'Number', StringValue: '60' } };
  const QueueUrl = world.environment.WHATSAPP_QUEUE_URL;
  await world.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  expect(world.logs.of('turn_failed')).toMatchObject([{ rule: 'transient:TOO_MANY_DEFERRALS' }]);
});

test('replies 28: an expired lease with a stored reply: the lease is taken, the model is not asked', async () => {
  const world = new RepliesWorld();
  put(world, stagedByHand());
  const rows = world.staged;
  const turn = {
    ...newTurn(CONVERSATION, rows, world.clock.nowMillis()),
    state: 'model_done' as const,
    replyText: 'Hello',
    parts: [{ text: 'Hello' }],
  };
  const nowSeconds = world.clock.nowMillis() / 1000;
  changeRecord(world, { ...held(nowSeconds - 1), ...storedItem({ pending_turn: pendingTurnData(turn) }) });
  await world.trigger();
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
  expect([modelCalls(world), world.conversation().lockFence]).toEqual([0, 4]);
});

test('replies 29: processing_reply without a lease: an hour old it is taken, 5 s old it is put off', async () => {
  for (const [ageSeconds, isTaken] of [
    [3600, true],
    [5, false],
  ] as const) {
    const updated = (now: number) => new Date(now - ageSeconds * 1000).toISOString();
    const world = await readyWorld();
    const change = { conversation_status: 'processing_reply', updated_at: updated(world.clock.nowMillis()) };
    changeRecord(world, storedItem(change));
    const before = world.conversation().item;
    expect(await world.runWorker()).toMatchObject({ failures: [] });
    if (isTaken) expectOneReply(world);
    else expect([world.conversation().item, world.triggers.length]).toEqual([before, 1]);
  }
});

/** When a text's reply was accepted. */
function answeredAt(world: RepliesWorld, text: string): number {
  const place = world.entries().findIndex(({ content }) => String(content).split('\n').includes(text));
  return Date.parse(String(world.entries()[place + 1]?.timestamp));
}

/** W + 5 s. */
const SOON_MILLIS = 15_000;

test('replies 61: a trigger is deferred during a live lease, and (a) staged right after that: its own trigger is sent', async () => {
  const world = await readyWorld();
  let isDone = false;
  const seen: number[] = [];
  const deferred = () => world.triggers.filter(({ attributes }) => attributes.deferrals);
  world.killer.onCall = async ({ service }) => {
    if (service !== 'model' || isDone) return;
    isDone = true;
    // A trigger meets the live lease; then (a) is staged, and its own trigger meets the lease as well.
    await world.trigger();
    await world.runWorker();
    await world.webhook({ messageSid: sid(2), text: 'a' });
    seen.push(deferred().length);
    world.clock.jump(20_000);
    await world.runWorker();
    seen.push(deferred().length);
  };
  await world.runWorker();
  // (a)'s own trigger was there, and was deferred as well.
  expect(seen).toEqual([1, 2]);
  const released = world.clock.nowMillis();
  await world.run(1200);
  expect(said(world).map(([, content]) => content)).toEqual(['Hi', 'Hello', 'a', 'Hello']);
  expect(answeredAt(world, 'a') - released).toBeLessThanOrEqual(SOON_MILLIS);
  expect(creates(world)).toBe(2);
  expectNothingLeft(world);
});

test("replies 61: (b) staged right after the holder's last stage query: its own trigger is sent", async () => {
  const world = await readyWorld();
  let isDone = false;
  world.killer.onCall = async ({ service }) => {
    if (service !== 'model' || isDone) return;
    isDone = true;
    await world.trigger();
    await world.runWorker();
  };
  let looks = 0;
  world.tap.after = async (call) => {
    if (!isStageQuery(call) || ++looks !== 2) return;
    world.tap.after = undefined;
    await world.webhook({ messageSid: sid(3), text: 'b' });
  };
  await world.runWorker();
  const staged = world.clock.nowMillis();
  await world.run(1200);
  expect(looks).toBe(2);
  expect(said(world).map(([, content]) => content)).toEqual(['Hi', 'Hello', 'b', 'Hello']);
  expect(answeredAt(world, 'b') - staged).toBeLessThanOrEqual(SOON_MILLIS);
  expectNothingLeft(world);
});

test('replies 61: (b) again, with a lock in the way whose trigger was never sent', async () => {
  const world = await readyWorld();
  const expires_at = world.clock.nowMillis() / 1000 + 70;
  world.killer.onCall = ({ service }) => {
    const lock = { conversation_id: CONVERSATION, token: 'of a dead webhook', expires_at };
    if (service === 'model') put(world, storedItem(lock), 'triggerLock');
  };
  let looks = 0;
  world.tap.after = async (call) => {
    if (!isStageQuery(call) || ++looks !== 2) return;
    world.tap.after = undefined;
    await world.webhook({ messageSid: sid(3), text: 'b' });
  };
  await world.runWorker();
  const staged = world.clock.nowMillis();
  await world.run(1200);
  expect(said(world).map(([, content]) => content)).toEqual(['Hi', 'Hello', 'b', 'Hello']);
  expect(answeredAt(world, 'b') - staged).toBeLessThanOrEqual(SOON_MILLIS);
});

test('replies 23: 60 rows, 2 MB in all: each turn takes at least one, the model gets a cut text, nothing is lost', async () => {
  const world = new RepliesWorld({ environment: { MAX_TURNS_PER_HOUR: '100' } });
  const texts = Array.from({ length: 60 }, (_, index) => `${index}:${'x'.repeat(34_000)}:${index}`);
  for (const [index, body] of texts.entries())
    put(
      world,
      stagedByHand({
        message_sid: sid(index + 10),
        body,
        received_at: new Date(world.clock.nowMillis() + index).toISOString(),
      }),
    );
  await world.trigger();
  await world.run(3600);
  expect(creates(world)).toBe(60);
  for (const { text } of world.model.calls) {
    expect(text?.length).toBeLessThanOrEqual(12_000);
    expect(text).toMatch(/was cut here\]$/);
  }
  const archived = world.blocks.flatMap(({ entries }) => entries as { role: string; content: string }[]);
  const kept = world.entries().filter(({ archived: isArchived }) => isArchived !== true);
  const users = [...archived, ...kept].filter(({ role }) => role === 'user').map(({ content }) => content);
  expect(users).toEqual(texts);
  expect([...archived, ...kept].filter(({ role }) => role === 'assistant')).toHaveLength(60);
  expectNothingLeft(world);
});

test('the first rows fit, the rest waits and is answered at once by the next turn', async () => {
  const world = new RepliesWorld({ environment: { MAX_BATCH_CHARS: '10' } });
  for (const [index, text] of ['12345', '1234', 'later'].entries())
    await world.webhook({ messageSid: sid(index + 1), text });
  world.clock.jump(10_000);
  await world.run(1);
  expect(said(world).map(([, content]) => content)).toEqual(['12345\n1234', 'Hello', 'later', 'Hello']);
  expectNothingLeft(world);
});
