import { expect, test } from 'vitest';
import {
  asynchronous,
  CHAT,
  context,
  queued,
  textJob,
  type WorldOptions,
  workerWorld,
} from './worker-world.ts';

/** The calls of contract bot §18 beyond the plain turn, whose calls stand in `worker.test.ts`. */

const TURN = ['GetObject', 'PutObject', 'send'];

async function callsOf(options: WorldOptions, text = 'hello') {
  const world = workerWorld(options);
  const event = options.policy === 'fifo' ? queued : asynchronous;
  await world.worker(event(textJob(text, 'wamid.1')), context());
  return world.tap.calls;
}

test('bot A56: without a table', async () => {
  expect(await callsOf({ policy: 'drop', table: false })).toEqual(TURN);
  expect(await callsOf({ policy: 'fifo', table: false })).toEqual(TURN);
});

test('bot A56: a busy chat costs the refused lock and one read, and the item of an event that is decided', async () => {
  const world = workerWorld();
  const hold = () => {
    const expiresAt = { N: String(Math.floor(world.clock.nowMillis() / 1000) + 100) };
    world.dynamodb.seed({ user_id: { S: CHAT }, event_id: { S: 'other' }, expiresAt });
  };
  hold();
  await world.worker(asynchronous(textJob('hello', 'wamid.1')), context());
  expect(world.tap.calls).toEqual(['UpdateItem', 'GetObject']);
  world.clock.jump(102_000);
  await world.worker(asynchronous(textJob('hello', 'wamid.2')), context());
  hold();
  world.tap.clear();
  await world.worker(asynchronous(textJob('hello', 'wamid.2')), context());
  expect(world.tap.calls).toEqual(['UpdateItem', 'GetObject', 'GetItem']);
});

test('bot A56: a turn without a reply writes no delivery item', async () => {
  const agent = () => null;
  expect(await callsOf({ policy: 'drop', agent })).toEqual([
    'UpdateItem',
    'GetObject',
    'PutObject',
    'DeleteItem',
  ]);
  expect(await callsOf({ policy: 'fifo', agent })).toEqual(['GetObject', 'PutObject']);
});

test('bot A56: each further part is one mark', async () => {
  const agent = () => ['one', 'two', 'three'].map((content) => ({ type: 'text', content }));
  expect(await callsOf({ policy: 'fifo', agent })).toEqual([
    ...TURN,
    'UpdateItem',
    'send',
    'UpdateItem',
    'send',
    'UpdateItem',
  ]);
});

test('bot A56: /clear asks once which stored replies were delivered', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(textJob('hello', 'wamid.1')), context());
  world.tap.clear();
  await world.worker(queued(textJob('/clear', 'wamid.2')), context());
  expect(world.tap.calls).toEqual(['GetObject', 'BatchGetItem', 'PutObject', 'send', 'UpdateItem']);
});

test('bot A56: a refused part costs its note, and the way back of its message; taken up, the note’s removal', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.provider.fail({ kind: 'refuse', code: 190 });
  await world.worker(queued(textJob('hello')), context());
  expect(world.tap.calls).toEqual([...TURN, 'UpdateItem', 'ChangeMessageVisibility']);
  world.tap.clear();
  await world.worker(queued(textJob('hello')), context());
  expect(world.tap.calls).toEqual(['GetObject', 'GetItem', 'UpdateItem', 'send', 'UpdateItem']);
});

test('bot A56: a history that did not change is not moved again', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(textJob('one', 'wamid.1')), context());
  let bytes: unknown;
  world.tap.after = (call, output) => {
    if (call.name === 'GetObject') bytes = output;
  };
  await world.worker(queued(textJob('two', 'wamid.2')), context()).catch(() => {});
  expect(bytes).toBeUndefined();
  expect(world.tap.details.filter(({ name }) => name === 'GetObject').at(-1)?.input).toMatchObject({
    IfNoneMatch: expect.stringMatching(/^"/),
  });
});
