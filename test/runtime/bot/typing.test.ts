import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { asynchronous, CHAT, context, textJob, workerWorld } from './worker-world.ts';

type Provider = 'whatsapp' | 'telegram';

const on = { TYPING_INDICATOR: 'true' };

const typingWorld = (provider: Provider, agent: Agent, environment: Record<string, string> = on) =>
  workerWorld({ provider, agent, environment });

const signsOf = (world: ReturnType<typeof workerWorld>) =>
  world.provider.calls.filter(({ method }) => method === 'typing' || method === 'sendChatAction');

/** An agent that works for some seconds of the world's clock. */
const busyFor =
  (seconds: number, reply: string | null = 'done'): Agent =>
  async (_, { clock }) => {
    await clock.sleep(seconds * 1000);
    return reply;
  };

test('WhatsApp: read mark and typing in one call when the agent starts, and again every 20 s', async () => {
  const world = typingWorld('whatsapp', busyFor(50));
  const started = world.clock.nowMillis();
  await world.worker(asynchronous(textJob('hello')), context());
  expect(signsOf(world).map(({ atMillis }) => atMillis - started)).toEqual([0, 20_000, 40_000]);
  expect(signsOf(world)[0]?.body).toEqual({
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: 'wamid.1',
    typing_indicator: { type: 'text' },
  });
  expect(world.provider.calls.at(-1)?.text).toBe('done');
  expect(world.clock.waiting).toBe(0);
});

test('Telegram: the ingress shows the first sign, the worker one every 5 s', async () => {
  const world = typingWorld('telegram', busyFor(12));
  const started = world.clock.nowMillis();
  await world.worker(asynchronous(textJob('hello', '1', 'telegram')), context());
  expect(signsOf(world).map(({ atMillis }) => atMillis - started)).toEqual([5000, 10_000]);
  expect(signsOf(world)[0]?.body).toEqual({ chat_id: CHAT, action: 'typing' });
  expect(world.clock.waiting).toBe(0);
});

test('no sign after the reply, and none is left behind when the handler has returned', async () => {
  for (const provider of ['whatsapp', 'telegram'] as const) {
    const world = typingWorld(provider, busyFor(1));
    await world.worker(asynchronous(textJob('hello', '1', provider)), context());
    const calls = world.provider.calls.length;
    await world.clock.sleep(60_000);
    expect(world.provider.calls).toHaveLength(calls);
    expect(world.provider.calls.at(-1)?.text).toBe('done');
  }
});

test('TYPING_INDICATOR=false shows none', async () => {
  const world = typingWorld('whatsapp', busyFor(50), { TYPING_INDICATOR: 'false' });
  await world.worker(asynchronous(textJob('hello')), context());
  expect(signsOf(world)).toEqual([]);
});

test('a command, which asks no agent, shows none; nor does an event that is done', async () => {
  const world = typingWorld('whatsapp', busyFor(1));
  await world.worker(asynchronous(textJob('/help')), context());
  expect(signsOf(world)).toEqual([]);
  await world.worker(asynchronous(textJob('hello', 'wamid.2')), context());
  await world.worker(asynchronous(textJob('hello', 'wamid.2')), context());
  expect(signsOf(world)).toHaveLength(1);
});

test('a WhatsApp group knows neither read marks nor signs', async () => {
  const world = typingWorld('whatsapp', busyFor(30));
  const message = { id: 'wamid.1', from: '1', group_id: CHAT, type: 'text', text: { body: 'x' } };
  const payload = { entry: [{ changes: [{ value: { messages: [message] } }] }] };
  await world.worker(asynchronous({ ...textJob('x'), payload }), context());
  expect(signsOf(world)).toEqual([]);
  expect(world.provider.sent).toHaveLength(1);
});

test.each<[string, Parameters<ReturnType<typeof workerWorld>['provider']['fail']>[0]]>([
  ['refused', { kind: 'refuse', code: 190 }],
  ['lost', { kind: 'lose-answer' }],
  ['never answered', { kind: 'hang' }],
  ['unreachable', { kind: 'unreachable' }],
])('a sign that is %s neither delays nor fails the turn', async (_, fault) => {
  const world = typingWorld('whatsapp', busyFor(45));
  world.provider.fail({ ...fault, method: 'typing', times: 9 });
  const started = world.clock.nowMillis();
  await world.worker(asynchronous(textJob('hello')), context());
  expect(world.provider.sent.map(({ text, atMillis }) => [text, atMillis - started])).toEqual([
    ['done', 45_000],
  ]);
  expect(world.lines.at(-1)).toMatchObject({ status: 'answered' });
  await tick();
  expect(world.clock.waiting).toBe(0);
});

test('an agent that fails leaves no sign behind', async () => {
  const world = typingWorld('whatsapp', async (_, { clock }) => {
    await clock.sleep(1000);
    throw new Error('no');
  });
  await expect(world.worker(asynchronous(textJob('hello')), context())).rejects.toThrow();
  await tick();
  expect(world.clock.waiting).toBe(0);
  await world.clock.sleep(60_000);
  expect(signsOf(world)).toHaveLength(1);
});
