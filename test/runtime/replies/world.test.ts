import { expect, test } from 'vitest';
import { SID } from './records.ts';
import { RepliesWorld } from './world.ts';

test('the world: a message comes in, is answered once, and leaves nothing behind', async () => {
  const world = new RepliesWorld();
  expect(await world.webhook({ messageSid: SID })).toMatchObject({ statusCode: 200 });
  expect(await world.runWorker()).toBeUndefined();
  world.clock.jump(10_000);
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(world.twilio.messages.map(({ body }) => body)).toEqual(['Hello']);
  expect(world.entries().map(({ role, content }) => [role, content])).toEqual([
    ['user', 'Hi'],
    ['assistant', 'Hello'],
  ]);
  expect([world.staged, world.locks, world.triggers]).toEqual([[], [], []]);
});

test('the world: a process that ends keeps its message until it is visible again', async () => {
  const world = new RepliesWorld();
  await world.webhook({ messageSid: SID });
  world.killer.after = ({ service, name }) => service === 'twilio' && name === 'POST';
  const runs = await world.run(7200);
  expect(runs[0]?.failures).toBeUndefined();
  expect(runs.at(-1)?.failures).toEqual([]);
  expect(world.twilio.messages).toHaveLength(1);
  expect(world.entries()).toHaveLength(2);
});

test('the world: time does not run ahead of a turn', async () => {
  const world = new RepliesWorld();
  await world.webhook();
  world.clock.jump(10_000);
  const began = world.clock.nowMillis();
  await world.runWorker();
  expect(world.clock.nowMillis() - began).toBeLessThan(2000);
});

test('the world: a call that hangs runs into its timeout, and leaves no trace of itself', async () => {
  const world = new RepliesWorld({ environment: { MODEL_TIMEOUT_MS: '30' } });
  await world.webhook();
  world.clock.jump(10_000);
  world.model.fail({ kind: 'hang' });
  expect((await world.runWorker())?.failures).toHaveLength(1);
  expect(world.twilio.calls).toEqual([]);
});

test('the world: while a call lasts, time passes and other functions run', async () => {
  const world = new RepliesWorld();
  await world.webhook();
  world.clock.jump(10_000);
  let inner: unknown;
  world.killer.onCall = async ({ service }) => {
    if (service !== 'model') return;
    world.killer.onCall = undefined;
    await world.clock.advance(320_000);
    await world.trigger();
    inner = await world.runWorker();
  };
  expect((await world.runWorker())?.failures).toEqual([]);
  expect(inner).toMatchObject({ failures: [] });
  expect(world.metric('Deferrals')).toBe(1);
  expect(world.entries()).toHaveLength(2);
});
