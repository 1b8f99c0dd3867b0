import { expect, test } from 'vitest';
import { recordRN, stagedByHand } from './records.ts';
import {
  creates,
  expectOneReply,
  finishedRules,
  modelCalls,
  put,
  readyWorld,
  recordR,
  SID,
  said,
  sent,
  sid,
} from './turn-world.ts';
import { RepliesWorld } from './world.ts';

test('replies 20: one row and its trigger: one lease, one model call, one send, one commit', async () => {
  const world = await readyWorld();
  const before = world.conversation();
  world.tap.clear();
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
  expect([modelCalls(world), creates(world)]).toEqual([1, 1]);
  // Lease, collected, model_done, sending, sid, commit.
  expect(world.tap.calls.filter((name) => name === 'UpdateItem')).toHaveLength(6);
  const [user, assistant] = world.entries();
  expect(user).toMatchObject({ message_id: SID, message_sids: [SID], timestamp: '2026-11-21T10:00:00.000Z' });
  expect(assistant).toMatchObject({
    message_id: world.twilio.messages[0]?.sid,
    part_sids: [world.twilio.messages[0]?.sid],
    prompt_tokens: 10,
    completion_tokens: 5,
    total_tokens: 15,
    model: 'openai:gpt-test',
    provider_ref: 'resp_000000000001',
    turn_id: '3cf7db205295a719b5d25c9c22a4942c',
  });
  const after = world.conversation();
  expect(Date.parse(after.updatedAt ?? '')).toBeGreaterThan(Date.parse(before.updatedAt ?? ''));
  expect(after.data).toMatchObject({
    last_turn_id: '3cf7db205295a719b5d25c9c22a4942c',
    last_assistant_message_sid: world.twilio.messages[0]?.sid,
    message_count: 2,
    total_prompt_tokens: 10,
    total_completion_tokens: 5,
    initial_processing_time_ms: 812,
    processed_sids: [SID],
  });
  expect(finishedRules(world)).toEqual(['replied']);
  expect([world.metric('TurnsCompleted'), world.metric('ReplyLatencyMs')]).toEqual([1, 10_000]);
});

test('replies 21: nested config, prefixed key and trigger, a row made by hand: one prefix, the same end state', async () => {
  const record = recordRN();
  const world = new RepliesWorld({ records: [record] });
  put(world, stagedByHand({ primary_channel: 'whatsapp:+15005550006', message_sid: 'SMxxx_test_stage1' }));
  await world.trigger(record);
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(world.twilio.messages).toMatchObject([
    { to: 'whatsapp:+15005550006', from: 'whatsapp:+15005550001', body: 'Hello' },
  ]);
  expect(said(world, record)).toEqual([
    ['user', 'Hi'],
    ['assistant', 'Hello'],
  ]);
  expect(world.conversation(record).status).toBe('reply_sent');
  expect([world.staged, world.locks]).toEqual([[], []]);
});

test('replies 22: three rows of one second are three lines in the order in which they were staged', async () => {
  const world = new RepliesWorld();
  for (const [index, text] of ['a', 'b', 'c'].entries())
    await world.webhook({ messageSid: sid(9 - index), text });
  world.clock.jump(10_000);
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(world.model.calls[0]?.text).toBe('a\nb\nc');
  expectOneReply(world, 'a\nb\nc');
  expect(world.entries()[0]).toMatchObject({ message_sids: [sid(9), sid(8), sid(7)], message_id: sid(9) });
});

test('replies 24: a trigger with nothing staged leaves the status as it was', async () => {
  const world = new RepliesWorld();
  await world.trigger();
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  const { status, lockOwner, turnAttempts, data } = world.conversation();
  expect([status, lockOwner, turnAttempts, modelCalls(world)]).toEqual(['template_sent', undefined, 0, 0]);
  expect(data).not.toHaveProperty('status_before_lock');
  expect(world.triggers).toEqual([]);
});

test('replies 25: a trigger for a record that is not there makes none, and its rows stay', async () => {
  const world = new RepliesWorld({ records: [] });
  put(world, stagedByHand());
  await world.trigger();
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  expect(world.dynamodb.items('conversations').size).toBe(0);
  expect(world.staged).toHaveLength(1);
  expect(world.logs.lines.filter(({ level }) => level === 'CRITICAL')).toMatchObject([
    { event: 'operator_needed', rule: 'hold:CONVERSATION_NOT_FOUND' },
  ]);
});

test('replies 30: of two records, one no JSON, only that one comes back', async () => {
  const world = await readyWorld();
  const { sqs, clock } = world;
  const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
  const QueueUrl = world.environment.WHATSAPP_QUEUE_URL;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"conversation_id":' }));
  clock.jump(1);
  const run = await world.runWorker(10);
  expect(run?.messageIds).toHaveLength(2);
  expect(run?.failures).toEqual([run?.messageIds[1]]);
  expectOneReply(world);
  expect(world.logs.of('trigger_unreadable')).toMatchObject([
    { level: 'ERROR', rule: 'permanent:PARSING_ERROR' },
  ]);
});

test('replies 31: a row of another user: the item comes back, nothing is sent, the rows stay', async () => {
  const world = await readyWorld();
  put(world, stagedByHand({ message_sid: sid(5), primary_channel: '+15005550007' }));
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  expect([modelCalls(world), creates(world), world.staged.length]).toEqual([0, 0, 2]);
  expect(world.logs.lines.filter(({ level }) => level === 'CRITICAL')).toMatchObject([
    { rule: 'hold:CHANNEL_MISMATCH' },
  ]);
});

test.each([
  ['thread_x under one name', { thread_id: 'thread_x' }],
  ['thread_x under the other', { openai_thread_id: 'thread_x' }],
  ['null under both', { thread_id: null, openai_thread_id: null }],
  ['conv_x under both', { thread_id: 'conv_x', openai_thread_id: 'conv_x' }],
])('replies 34: %s: the history comes from messages, the ids stay', async (_name, ids) => {
  const messages = [
    { role: 'assistant', message_id: 'MM1', content: 'Good day', timestamp: '2026-11-20T10:00:00Z' },
  ];
  const world = await readyWorld({ records: [recordR({ ...ids, messages })] });
  const { thread_id, openai_thread_id } = world.conversation().data;
  await world.runWorker();
  expect({ thread_id, openai_thread_id }).toEqual({
    thread_id: world.conversation().data.thread_id,
    openai_thread_id: world.conversation().data.openai_thread_id,
  });
  expect(world.model.calls.map(({ method }) => method)).toEqual(['response']);
  expect(JSON.stringify(world.model.calls[0]?.body.input)).toContain('Good day');
  expect(sent(world)).toEqual(['Hello']);
});

test('a row that came by another route is left to the sweeper', async () => {
  const world = await readyWorld();
  put(world, stagedByHand({ message_sid: sid(7), route: 'human', body: 'for a person' }));
  await world.runWorker();
  expect(world.staged.map(({ messageSid }) => messageSid)).toEqual([sid(7)]);
  expect(said(world)).toEqual([
    ['user', 'Hi'],
    ['assistant', 'Hello'],
  ]);
  expect(world.triggers).toEqual([]);
});
