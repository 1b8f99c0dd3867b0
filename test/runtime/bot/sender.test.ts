import { describe, expect, test } from 'vitest';
import { BLOCKED, changeChatState, setTakeOver } from '../../../runtime/bot/chat-state.ts';
import { dynamoDelivery } from '../../../runtime/bot/delivery.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import { createSender, NotSentError } from '../../../runtime/bot/index.ts';
import type { SenderContent } from '../../../runtime/bot/sender/index.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import {
  asynchronous,
  CHAT,
  context,
  storedHistory,
  storedTexts,
  textJob,
  workerWorld,
} from './worker-world.ts';

const HOUR = 3_600_000;
const SETTLED = 66_000;

type Options = Parameters<typeof workerWorld>[0];

/** A bot whose user has written an hour before, and a sender beside it. */
async function senderWorld(options: Options = {}) {
  const world = workerWorld(options);
  const { s3, dynamodb, ssm, clock, provider, lines } = world;
  const environment = {
    BOT_TYPE: options.provider ?? 'whatsapp',
    BUCKET_NAME: 'bucket',
    LOCKS_TABLE_NAME: 'locks',
    WHATSAPP_TOKEN: 'token',
    WHATSAPP_PHONE_NUMBER_ID: '1055',
    WEBHOOK_VERIFY_TOKEN: 'verify',
    TELEGRAM_TOKEN: '1:token',
    CAPTURE_FAILED_EVENTS: 'true',
    ...options.environment,
  };
  const anotherSender = () =>
    createSender({
      environment,
      clients: { s3, dynamodb, ssm, clock, fetch: provider.fetch },
      writeLog: (line) => lines.push(JSON.parse(line)),
    });
  const sender = anotherSender();
  const send = (content: SenderContent, key = 'order-17', chatId = CHAT) =>
    sender.send(chatId, content, { key });
  const eventId = options.provider === 'telegram' ? '1' : 'wamid.1';
  const job = textJob('hello', eventId, options.provider);
  const sentAt = new Date(clock.nowMillis()).toISOString();
  await world.worker(asynchronous({ ...job, sent_at: sentAt }), context());
  clock.jump(HOUR);
  const texts = () => provider.sent.slice(1).map(({ text }) => text);
  const item = (key = 'order-17') => dynamodb.item(`evt:${options.provider ?? 'whatsapp'}:out:${key}`);
  return { ...world, environment, sender, anotherSender, send, texts, item };
}

test('bot A70: the same key twice is one message, with its ledger row, history row and delivery item', async () => {
  const world = await senderWorld();
  expect(await world.send('Your order is ready.')).toEqual({ status: 'sent', parts: 1 });
  expect(await world.send('Your order is ready.')).toEqual({ status: 'duplicate', parts: 0 });
  world.clock.jump(7 * 24 * HOUR);
  expect(await world.anotherSender().send(CHAT, 'x', { key: 'order-17' })).toEqual({
    status: 'duplicate',
    parts: 0,
  });
  expect(world.texts()).toEqual(['Your order is ready.']);
  const { history } = storedHistory(world.s3);
  expect(history.rows(10).at(-1)).toMatchObject({
    role: 'sender',
    type: 'developer',
    blocks: [{ type: 'text', content: 'Your order is ready.' }],
  });
  expect(history.ledgerRow('out:order-17')).toMatchObject({ rule: 'sender', userId: 'sender' });
  history.close();
  expect(world.item()).toMatchObject({ state: { S: 'done' }, accepted_1: { S: expect.any(String) } });
  expect(world.provider.sent.at(-1)?.body.biz_opaque_callback_data).toBe('out:order-17#1');
});

test('bot A70: the agent reads what was said', async () => {
  const read: unknown[] = [];
  const world = await senderWorld({
    agent: (_, { history }) => {
      read.push(...history.read().map(({ role, blocks }) => [role, blocks[0]?.content]));
      return 'yes';
    },
  });
  await world.send('Your order is ready.');
  read.length = 0;
  await world.worker(asynchronous(textJob('which?', 'wamid.2')), context());
  expect(read).toEqual([
    ['user', 'hello'],
    ['agent', 'yes'],
    ['sender', 'Your order is ready.'],
  ]);
});

test('bot A70: free text 25 h after the user wrote is window_closed, nothing sent; a template then is sent', async () => {
  const world = await senderWorld();
  world.clock.jump(24 * HOUR);
  const before = world.s3.object(`history/${CHAT}.sqlite`)?.etag;
  await expect(world.send('Hello again')).rejects.toMatchObject({
    name: 'NotSentError',
    code: 'window_closed',
  });
  expect(world.texts()).toEqual([]);
  expect(world.s3.object(`history/${CHAT}.sqlite`)?.etag).toBe(before);
  expect(world.item()).toBeUndefined();
  // A template goes through the closed window.
  const template = { template: 'order_ready', language: 'en_US', parameters: { '1': '17' } };
  expect(await world.send(template, 'reminder')).toEqual({ status: 'sent', parts: 1 });
  expect(world.provider.sent.at(-1)?.body).toMatchObject({
    type: 'template',
    template: { name: 'order_ready', language: { code: 'en_US' } },
  });
  expect(storedTexts(world.s3).at(-1)).toBe('Template order_ready (en_US)\n1: 17');
  expect(world.item('reminder')).toMatchObject({ state: { S: 'done' } });
  await expect(world.send('Hello again')).rejects.toMatchObject({ code: 'window_closed' });
  // The user writes: the same key goes out now.
  const sentAt = new Date(world.clock.nowMillis()).toISOString();
  await world.worker(asynchronous({ ...textJob('hi', 'wamid.2'), sent_at: sentAt }), context());
  expect(await world.send('Hello again')).toMatchObject({ status: 'sent' });
});

test('who never wrote cannot be written to on WhatsApp; a cleared history still knows the last message', async () => {
  const world = await senderWorld();
  await expect(world.send('Hello', 'k', '15550199')).rejects.toMatchObject({ code: 'window_closed' });
  const sentAt = new Date(world.clock.nowMillis()).toISOString();
  await world.worker(asynchronous({ ...textJob('/clear', 'wamid.2'), sent_at: sentAt }), context());
  expect(await world.send('Hello')).toMatchObject({ status: 'sent' });
  expect(storedTexts(world.s3)).toEqual(['Hello']);
  // What the bot says by itself opens no window.
  world.clock.jump(23 * HOUR);
  expect(await world.send('Still here?', 'second')).toMatchObject({ status: 'sent' });
  world.clock.jump(2 * HOUR);
  await expect(world.send('And now?', 'third')).rejects.toMatchObject({ code: 'window_closed' });
});

describe("bot A70: the platform's answer is lost", () => {
  test('WhatsApp: unclear; the same key at once sends nothing; later the policy resend sends it again', async () => {
    const world = await senderWorld();
    world.provider.fail({ kind: 'lose-answer' });
    expect(await world.send('one')).toEqual({ status: 'unclear', parts: 0 });
    expect(await world.send('one')).toEqual({ status: 'unclear', parts: 0 });
    expect(world.texts()).toEqual(['one']);
    world.clock.jump(SETTLED);
    expect(await world.send('one')).toEqual({ status: 'sent', parts: 1 });
    expect(world.texts()).toEqual(['one', 'one']);
    expect(await world.send('one')).toMatchObject({ status: 'duplicate' });
    expect(storedTexts(world.s3).filter((text) => text === 'one')).toHaveLength(1);
  });

  test('WhatsApp: a status webhook that tells of it settles it at once, and nothing is sent again', async () => {
    const world = await senderWorld();
    world.provider.fail({ kind: 'lose-answer' });
    await world.send('one');
    const table = dynamoDelivery(world.dynamodb, 'locks', world.clock, 691_200);
    const key = { provider: 'whatsapp', eventId: 'out:order-17', chatId: CHAT };
    await table.reported(key, 1, 'wamid.out', 'sent');
    expect(await world.send('one')).toEqual({ status: 'sent', parts: 1 });
    expect(world.texts()).toEqual(['one']);
    expect(world.item()).toMatchObject({ state: { S: 'done' } });
  });

  test('the policy hold sends nothing and captures it', async () => {
    const world = await senderWorld({ environment: { SEND_AMBIGUITY_POLICY: 'hold' } });
    world.provider.fail({ kind: 'lose-answer' });
    await world.send('one');
    world.clock.jump(SETTLED);
    expect(await world.send('one')).toEqual({ status: 'unclear', parts: 0 });
    expect(world.texts()).toEqual(['one']);
    expect(world.s3.keys().filter((key) => key.startsWith('failed-events/'))).toHaveLength(1);
  });

  test('Telegram comes back as unclear, too; a second part starts where the first call stopped', async () => {
    const world = await senderWorld({ provider: 'telegram' });
    const blocks = ['one', 'two'].map((content) => ({ type: 'text', content }));
    world.provider.fail({ kind: 'pass' });
    world.provider.fail({ kind: 'lose-answer' });
    expect(await world.send(blocks)).toEqual({ status: 'unclear', parts: 1 });
    world.clock.jump(SETTLED);
    expect(await world.send(blocks)).toEqual({ status: 'sent', parts: 2 });
    expect(world.texts()).toEqual(['one', 'two', 'two']);
  });
});

test('of two calls at once with one key, one sends', async () => {
  const world = await senderWorld();
  const results = await Promise.allSettled([
    world.send('one'),
    world.anotherSender().send(CHAT, 'one', { key: 'order-17' }),
  ]);
  expect(world.texts()).toEqual(['one']);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await world.send('one')).toMatchObject({ status: 'duplicate' });
});

test('of two calls at once that take an unclear message up, one sends', async () => {
  const world = await senderWorld();
  world.provider.fail({ kind: 'lose-answer' });
  await world.send('one');
  world.clock.jump(SETTLED);
  await Promise.allSettled([world.send('one'), world.anotherSender().send(CHAT, 'one', { key: 'order-17' })]);
  expect(world.texts()).toEqual(['one', 'one']);
});

test('many messages to one chat at once all arrive, beside the turn of that chat', async () => {
  const world = await senderWorld();
  const keys = ['a', 'b', 'c'];
  await Promise.all([
    ...keys.map((key) => world.send(key, key)),
    world.worker(asynchronous(textJob('hi', 'wamid.2')), context()),
  ]);
  expect(world.texts().sort()).toEqual(['You said: hi', ...keys]);
  const { history } = storedHistory(world.s3);
  for (const key of keys) expect(history.ledgerRow(`out:${key}`)).toBeDefined();
  expect(history.rows(100).map(({ msgNumber }) => msgNumber)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  history.close();
});

test('a key of another chat is refused before anything is sent', async () => {
  const world = await senderWorld({ provider: 'telegram' });
  await world.send('one', 'promotion');
  await expect(world.send('two', 'promotion', '15550199')).rejects.toMatchObject({ code: 'key_in_use' });
  expect(world.texts()).toEqual(['one']);
});

test('a transient refusal is thrown, and the same key goes on at once', async () => {
  const world = await senderWorld({ provider: 'telegram' });
  world.provider.fail({ kind: 'unreachable', times: 4 });
  await expect(world.send('one')).rejects.toMatchObject({ errorClass: 'transient' });
  expect(await world.send('one')).toEqual({ status: 'sent', parts: 1 });
  expect(world.texts()).toEqual(['one']);
});

test('a refusal for good is thrown and captured', async () => {
  const world = await senderWorld();
  world.provider.fail({ kind: 'refuse', code: 131026 });
  await expect(world.send('one')).rejects.toMatchObject({ name: 'SendError', errorClass: 'permanent' });
  expect(world.s3.keys().filter((key) => key.startsWith('failed-events/'))).toHaveLength(1);
  expect(await world.send('one')).toMatchObject({ status: 'duplicate' });
});

test('a person who has taken the chat over answers through the sender; a user who blocked the bot is left alone', async () => {
  const world = await senderWorld();
  const histories = historyStore(s3ObjectStore(world.s3, 'bucket', world.clock), world.clock, {
    prefix: 'history',
    tmpDir: world.tmp,
  });
  await setTakeOver(histories, world.clock, CHAT, world.clock.nowMillis() + HOUR);
  expect(await world.send('A person here.')).toMatchObject({ status: 'sent' });
  await changeChatState(histories, world.clock, CHAT, [{ key: BLOCKED, set: 'true' }]);
  await expect(world.send('Hello?', 'another')).rejects.toMatchObject({ code: 'blocked' });
  expect(world.texts()).toEqual(['A person here.']);
});

test('what cannot be a message is refused with a reason', async () => {
  const world = await senderWorld({ provider: 'telegram' });
  for (const attempt of [
    world.send(''),
    world.send('text', ''),
    world.send('text', 'k'.repeat(201)),
    world.send('text', 'k', ' '),
    world.send({ template: 'ready', language: 'en' }),
  ])
    await expect(attempt).rejects.toBeInstanceOf(NotSentError);
  await expect(
    createSender({ environment: { ...world.environment, BUCKET_NAME: '' } }).send('1', 'x', { key: 'k' }),
  ).rejects.toThrow('BUCKET_NAME is missing');
  expect(world.texts()).toEqual([]);
});

test('no line of a message holds its text, its chat or its key on WhatsApp', async () => {
  const world = await senderWorld();
  await world.send('my secret text', 'secret-key');
  const logged = JSON.stringify(world.lines);
  for (const secret of ['secret', CHAT]) expect(logged).not.toContain(secret);
  expect(world.lines.at(-1)).toMatchObject({ message: 'sender_finished', status: 'sent', parts: 1 });
});
