import { expect, test } from 'vitest';
import { awsError } from '../../support/tap.ts';
import {
  asynchronous,
  CHAT,
  context,
  type Policy,
  queued,
  record,
  storedTexts,
  textJob,
  workerWorld,
} from './worker-world.ts';

class Died extends Error {}

/** From the named call on, nothing of this invocation has an effect any more. */
function killFrom(world: ReturnType<typeof workerWorld>, operation: string) {
  let dead = false;
  const die = () => {
    dead = true;
    throw new Died();
  };
  world.tap.before = (call) => (dead || call.name === operation ? die() : undefined);
  return () => {
    world.tap.before = undefined;
  };
}

test.each(['drop', 'fifo'] as Policy[])(
  'bot A24: %s: one event delivered again and again, also days later and after /clear, is answered once',
  async (policy) => {
    const world = workerWorld({ policy });
    const deliver = (job: ReturnType<typeof textJob>) =>
      world.worker(policy === 'drop' ? asynchronous(job) : queued(job), context());
    for (let time = 0; time < 3; time++) await deliver(textJob('hello'));
    await deliver(textJob('/clear', 'wamid.clear'));
    await deliver(textJob('hello'));
    world.clock.jump(6 * 86_400_000);
    world.tap.clear();
    await deliver(textJob('hello'));
    expect(world.agentTurns).toEqual(['hello']);
    expect(world.provider.sent.map((call) => call.text)).toEqual([
      'You said: hello',
      'This conversation has been cleared.',
    ]);
    const duplicateCalls = policy === 'drop' ? ['UpdateItem', 'GetObject', 'DeleteItem'] : ['GetObject'];
    expect(world.tap.calls).toEqual(duplicateCalls);
    expect(world.lines.at(-1)).toMatchObject({ status: 'done', rule: 'duplicate' });
  },
);

test('bot A25: killed after the save and before the send: the retry sends the saved reply without the agent', async () => {
  const world = workerWorld({ policy: 'fifo' });
  let kills = 1;
  const dying = world.another();
  world.tap.after = (call) => {
    if (call.name === 'PutObject' && kills-- > 0) throw new Died();
  };
  const revive = killFrom(world, 'never');
  world.tap.before = () => {
    if (kills <= 0) throw new Died();
  };
  await dying.worker(queued(textJob('hello')), context()).catch(() => undefined);
  revive();
  expect(world.provider.sent).toEqual([]);
  await world.worker(queued(textJob('hello')), context());
  expect(world.agentTurns).toEqual(['hello']);
  expect(world.provider.sent.map((call) => call.text)).toEqual(['You said: hello']);
});

test('bot A27: fifo, the save fails: nothing sent, no lock item, and the message comes back', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.tap.before = (call) => {
    if (call.name === 'PutObject') throw awsError('InternalError', 500);
  };
  for (const receives of [1, 2]) {
    const response = await world.worker(
      { Records: [record(textJob('hello'), 'm1', CHAT, receives)] },
      context(),
    );
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  }
  expect(world.provider.sent).toEqual([]);
  expect(world.dynamodb.item(CHAT)).toBeUndefined();
  const pauses = world.tap.details.filter((call) => call.name === 'ChangeMessageVisibility');
  expect(pauses.map((call) => call.input.VisibilityTimeout)).toEqual([30, 60]);
});

test('bot A61: drop, killed 5 s into a run: the first retry throws, the second answers, and none says "ignored"', async () => {
  const world = workerWorld();
  let killed = false;
  const dying = world.another({
    agent: () => {
      killed = true;
      world.clock.jump(5_000);
      throw new Died();
    },
  });
  world.tap.before = () => {
    if (killed) throw new Died();
  };
  await dying.worker(asynchronous(textJob('hello')), context()).catch(() => undefined);
  world.tap.before = undefined;
  world.clock.jump(60_000);
  await expect(world.worker(asynchronous(textJob('hello')), context())).rejects.toThrow(
    'may still be working',
  );
  world.clock.jump(120_000);
  expect(await world.worker(asynchronous(textJob('hello')), context())).toMatchObject({
    body: '"Processed."',
  });
  expect(world.provider.sent.map((call) => call.text)).toEqual(['You said: hello']);
});

test('bot A62: fifo, the reply saved and refused until the dead-letter queue: a redrive sends it once, without the agent', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.provider.fail({ kind: 'refuse', code: 190, times: 5 });
  for (let receives = 1; receives <= 5; receives++) {
    const response = await world.worker(
      { Records: [record(textJob('hello'), 'm1', CHAT, receives)] },
      context(),
    );
    expect(response).toMatchObject({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  }
  expect(world.lines.filter((line) => line.level === 'CRITICAL')).toHaveLength(5);
  expect(world.provider.sent).toEqual([]);
  await world.worker(queued(textJob('hello')), context());
  expect(world.agentTurns).toEqual(['hello']);
  expect(world.provider.sent.map((call) => call.text)).toEqual(['You said: hello']);
});

test('bot A63: the save was done and its answer lost: one user row, one reply', async () => {
  const world = workerWorld();
  let lost = 1;
  world.tap.after = (call) => {
    if (call.name === 'PutObject' && lost-- > 0) throw awsError('TimeoutError', 500);
  };
  await world.worker(asynchronous(textJob('hello')), context());
  expect(storedTexts(world.s3)).toEqual(['hello', 'You said: hello']);
  expect(world.agentTurns).toEqual(['hello']);
  expect(world.provider.sent).toHaveLength(1);
});

test('bot A64: fifo, a success whose delete was lost: the second delivery ends at "done"', async () => {
  const world = workerWorld({ policy: 'fifo' });
  for (const receives of [1, 2]) {
    const response = await world.worker(
      { Records: [record(textJob('hello'), 'm1', CHAT, receives)] },
      context(),
    );
    expect(response).toEqual({ batchItemFailures: [] });
  }
  expect(world.provider.sent).toHaveLength(1);
  expect(world.agentTurns).toEqual(['hello']);
});

test('a refusal that cannot be captured comes back with its own error, not with that of the bucket', async () => {
  const world = workerWorld();
  world.tap.before = (call) => {
    if (String(call.input.Key).startsWith('failed-events/')) throw awsError('InternalError', 500);
  };
  world.provider.fail({ kind: 'refuse', code: 100, times: 2 });
  await expect(world.worker(asynchronous(textJob('hello')), context())).rejects.toThrow('did not accept');
  expect(world.lines.filter((line) => line.message === 'failed_event_not_captured')).toHaveLength(1);
  expect(world.dynamodb.item(CHAT)).toBeUndefined();
  world.tap.before = undefined;
  expect(await world.worker(asynchronous(textJob('hello')), context())).toMatchObject({ statusCode: 200 });
  expect(world.s3.keys().filter((key) => key.startsWith('failed-events/'))).toHaveLength(1);
});

test('drop: an agent that throws is a failed invocation, the lock is free, and the retry asks it again', async () => {
  let broken = true;
  const world = workerWorld({
    agent: () => {
      if (broken) throw new TypeError('no');
      return 'fine';
    },
  });
  await expect(world.worker(asynchronous(textJob('hello')), context())).rejects.toThrow('TypeError');
  expect([world.dynamodb.item(CHAT), world.s3.keys(), world.provider.sent]).toEqual([undefined, [], []]);
  broken = false;
  await world.worker(asynchronous(textJob('hello')), context());
  expect(world.provider.sent.map((call) => call.text)).toEqual(['fine']);
});
