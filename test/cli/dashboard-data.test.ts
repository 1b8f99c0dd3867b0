import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { Usage } from '../../runtime/bot/agent.ts';
import { dynamoLock } from '../../runtime/core/lock.ts';
import { textJob } from '../runtime/bot/worker-world.ts';
import { DEAD_LETTER_URL } from './bot-world.ts';
import { dashboardWorld } from './dashboard-world.ts';

const CHAT = '15550101';

test('bot A67: tokens and cost of a turn are the same in the log line, in the row, and on the page', async () => {
  const usage: Usage = { model: 'openai:small', tokensIn: 120, tokensOut: 30, costUsd: 0.25 };
  const { say, get, lines, clock } = await dashboardWorld({
    agent: (turn, { countUsage }) => {
      countUsage(usage);
      return `re ${turn.text}`;
    },
  });
  await say(CHAT, 'one', 'wamid.1');
  const logged = lines.find(({ message }) => message === 'worker_job_finished');
  expect(logged).toMatchObject({ tokens_in: 120, tokens_out: 30, cost_usd: 0.25 });
  const { body: conversation } = await get(`/api/conversation?chat=${CHAT}`);
  const row = conversation.shown[1];
  expect(row.blocks[0].metadata.usage).toEqual({ tokens_in: 120, tokens_out: 30, cost_usd: 0.25 });
  expect(row.usage).toEqual({ messages: 1, tokensIn: 120, tokensOut: 30, costUsd: 0.25 });
  await say(CHAT, 'two', 'wamid.2');
  const day = new Date(clock.nowMillis()).toISOString().slice(0, 10);
  const { body: page } = await get('/api/chats');
  expect(page.chats[0].content).toMatchObject({
    spend: { day, usd: 0.5 },
    usage: [{ userId: CHAT, model: 'openai:small', messages: 2, tokensIn: 240, tokensOut: 60, costUsd: 0.5 }],
  });
});

test('a conversation tells the event, the rule and the parts behind each message', async () => {
  const { say, get } = await dashboardWorld();
  await say(CHAT, 'one', 'wamid.1');
  const { body } = await get(`/api/conversation?chat=${CHAT}`);
  expect(body.shown).toMatchObject([
    { role: 'user', eventId: 'wamid.1', messageId: 'wamid.1', blocks: [{ text: 'one' }] },
    { role: 'agent', eventId: 'wamid.1', blocks: [{ text: 'You said: one' }] },
  ]);
  expect(body.shown[0].at).toMatch(/^2026-.*Z$/);
  expect(body.events).toMatchObject([
    { eventId: 'wamid.1', rule: 'agent', parts: [{ type: 'text', text: 'You said: one' }] },
  ]);
});

test('a chat is taken over, answered by a person once for each key, and given back', async () => {
  const { say, get, post, platform } = await dashboardWorld();
  await say(CHAT, 'one', 'wamid.1');
  const answer = { chat: CHAT, text: 'A person here.', key: 'k1' };
  expect(await post('/api/answer', answer)).toMatchObject({ status: 409 });
  expect((await post('/api/takeover', { chat: CHAT, minutes: 30 })).status).toBe(200);
  await say(CHAT, 'two', 'wamid.2');
  expect(await post('/api/answer', answer)).toMatchObject({ status: 200, body: { done: 'Sent.' } });
  expect(await post('/api/answer', answer)).toMatchObject({ body: { done: 'It was sent before.' } });
  expect(platform.sent.map(({ text }) => text)).toEqual(['You said: one', 'A person here.']);
  const { body } = await get(`/api/conversation?chat=${CHAT}`);
  expect(Date.parse(body.ownerUntil)).toBeGreaterThan(0);
  expect(body.shown.at(-1)).toMatchObject({ role: 'sender', type: 'developer' });
  expect(body.shown.at(-1).eventId).toBeUndefined();
  await post('/api/release', { chat: CHAT });
  await say(CHAT, 'three', 'wamid.3');
  expect(platform.sent.at(-1)?.text).toBe('You said: three');
});

test('captured events are listed newest first, filtered, shown and given back', async () => {
  const { say, get, post, platform } = await dashboardWorld();
  platform.fail({ kind: 'refuse', code: 131009, times: 1 });
  await say(CHAT, 'one', 'wamid.1');
  const { body } = await get('/api/failed');
  expect(body).toMatchObject({
    total: 1,
    read: 1,
    events: [{ reason: 'send_failed', eventId: 'wamid.1', chatId: CHAT, part: 1 }],
  });
  expect((await get('/api/failed?reason=bad_body')).body.events).toEqual([]);
  const [event] = body.events;
  const object = await get(`/api/failed/object?key=${encodeURIComponent(event.key)}`);
  expect(object.body).toMatchObject({ reason: 'send_failed' });
  for (const key of [
    'secrets/token.json',
    'failed-events/../secrets/token.json',
    'history/15550101.sqlite',
    'failed-events/x.json',
  ])
    expect((await get(`/api/failed/object?key=${encodeURIComponent(key)}`)).status, key).toBe(404);
  expect((await post('/api/failed/replay', { event: 'wamid.1' })).body.done).toContain('was given back');
  expect((await get('/api/failed')).body.events).toEqual([]);
  expect(await post('/api/failed/replay', { event: 'wamid.1' })).toMatchObject({
    status: 500,
    body: { error: expect.stringContaining('Nothing is captured of event wamid.1') },
  });
});

test('queues, dead letters and locks are read, and dead letters given back one by one or all', async () => {
  const { get, post, sqs, dynamodb, clock } = await dashboardWorld();
  for (const event of ['wamid.1', 'wamid.2'])
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: DEAD_LETTER_URL,
        MessageBody: JSON.stringify({ maws_job: textJob('x', event) }),
        MessageGroupId: event,
        MessageDeduplicationId: event,
      }),
    );
  await dynamoLock(dynamodb, 'locks', clock).acquire({
    key: CHAT,
    owner: 'request-1:a',
    eventId: 'wamid.9',
    ttlSeconds: 180,
    busyUntilSeconds: 1,
  });
  for (const id of ['evt:whatsapp:wamid.1', 'notice:whatsapp:x']) dynamodb.seed({ user_id: { S: id } });
  const { body: queues } = await get('/api/queues');
  expect(queues).toMatchObject([
    { kind: 'jobs', visible: 0 },
    { kind: 'dead letters', visible: 2 },
  ]);
  const { body: dead } = await get('/api/dead-letters');
  expect(dead.letters.map(({ eventId }: { eventId: string }) => eventId)).toEqual(['wamid.1', 'wamid.2']);
  const { body: locks } = await get('/api/locks');
  expect(locks).toMatchObject({
    looked: 3,
    hasMore: false,
    locks: [{ chatId: CHAT, owner: 'request-1:a', eventId: 'wamid.9', isExpired: false }],
  });
  expect((await post('/api/redrive', { event: 'wamid.1', force: true })).body.done).toBe(
    '1 of 1 dead letters were given back.',
  );
  expect((await post('/api/redrive', { force: true })).body.done).toBe(
    '1 of 1 dead letters were given back.',
  );
});

test('secrets are named and never shown, nor is what the user added to the environment', async () => {
  const { get } = await dashboardWorld({
    environment: { OPENAI_API_KEY: 'sk-plain', MY_SETTING: 'hidden-too' },
  });
  const { body, text } = await get('/api/settings');
  expect(body.variables).toEqual(
    expect.arrayContaining([
      { name: 'BUCKET_NAME', value: 'bucket' },
      { name: 'OPENAI_API_KEY' },
      { name: 'MY_SETTING' },
    ]),
  );
  expect(body.secrets).toEqual([
    'TELEGRAM_TOKEN',
    'WEBHOOK_VERIFY_TOKEN',
    'WHATSAPP_PHONE_NUMBER_ID',
    'WHATSAPP_TOKEN',
  ]);
  for (const secret of ['sk-plain', 'hidden-too', '1:token', 'verify', '1055'])
    expect(text).not.toContain(`"${secret}"`);
});

test('a parameter that cannot be read is told without its words', async () => {
  const { get, ssm } = await dashboardWorld();
  ssm.parameters.clear();
  const { body } = await get('/api/settings');
  expect(body).toMatchObject({ secrets: [], fault: expect.stringContaining('could not be read') });
});
