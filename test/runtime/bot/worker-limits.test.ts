import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { awsError } from '../../support/tap.ts';
import {
  asynchronous,
  CHAT,
  context,
  queued,
  record,
  storedHistory,
  textJob,
  workerWorld,
} from './worker-world.ts';

test('an agent that throws before it returns a promise leaves no late rejection', async () => {
  const unhandled: unknown[] = [];
  const earlier = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of earlier) process.on('unhandledRejection', listener);
  });
  const world = workerWorld({
    agent: () => {
      throw new Error('no');
    },
  });
  await expect(world.worker(asynchronous(textJob('hello')), context(300))).rejects.toThrow();
  await wait(500);
  expect(unhandled).toEqual([]);
});

test('a provider that never answers does not hold the worker beyond its deadline', async () => {
  const world = workerWorld({ policy: 'fifo', provider: 'telegram' });
  world.provider.fail({ kind: 'hang', times: 9 });
  const started = Date.now();
  const response = await world.worker(queued(textJob('hello', '1', 'telegram')), context(1500));
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(Date.now() - started).toBeLessThan(1500);
});

test('DELIVERY_TIMEOUT ends the wait for a send, whose outcome is then unclear', async () => {
  const world = workerWorld({ policy: 'fifo', environment: { DELIVERY_TIMEOUT: '0.05' } });
  world.provider.fail({ kind: 'hang' });
  const response = await world.worker(queued(textJob('hello')), context());
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(world.lines).toContainEqual(
    expect.objectContaining({ message: 'worker_job_finished', status: 'failed', rule: 'unclear' }),
  );
  expect(world.tap.details.at(-1)?.input.VisibilityTimeout).toBe(60);
});

test('no send starts in the last second, when its mark could not follow', async () => {
  const world: ReturnType<typeof workerWorld> = workerWorld({
    policy: 'fifo',
    agent: () => {
      world.clock.jump(4900);
      return 'late';
    },
  });
  await world.worker(queued(textJob('hello')), context(5000));
  expect(world.provider.sent).toEqual([]);
});

test('the scratch folder does not grow with the chats, whatever becomes of their turns', async () => {
  const world = workerWorld({
    policy: 'fifo',
    agent: (turn) => {
      if (turn.text === 'break') throw new Error('no');
      return turn.text;
    },
  });
  for (const [index, text] of ['a', 'break', 'c'].entries()) {
    const job = { ...textJob(text, `wamid.${index}`), chat_id: `1555010${index}` };
    await world.worker({ Records: [record(job, `m${index}`, job.chat_id)] }, context());
  }
  const scratch = readdirSync(join(world.tmp, 'history'), { recursive: true, withFileTypes: true });
  expect(scratch.filter((entry) => entry.isFile())).toEqual([]);
});

test('fifo: a parameter that cannot be read at a cold start brings the message back after 30 s', async () => {
  const world = workerWorld({ policy: 'fifo', environment: { ENV_PARAMETER_NAME: '/bot/env' } });
  world.tap.before = (call) => {
    if (call.name === 'GetParameter') throw awsError('ThrottlingException', 400);
  };
  const response = await world.worker(queued(textJob('hello')), context());
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(world.tap.details.at(-1)).toMatchObject({
    name: 'ChangeMessageVisibility',
    input: { VisibilityTimeout: 30 },
  });
});

test('what AWS says of a refused call names keys, so it is neither logged nor thrown', async () => {
  const world = workerWorld();
  const says = `not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::bucket/history/${CHAT}.sqlite"`;
  world.tap.before = (call) => {
    if (call.name === 'PutObject') throw awsError('AccessDenied', 403, says);
  };
  const error = await world.worker(asynchronous(textJob('hello')), context()).catch(String);
  expect(error).toContain('s3:PutObject: AccessDenied (403)');
  expect(JSON.stringify(world.lines) + error).not.toContain(CHAT);
});

test('a refresh of an unchanged parameter forgets nothing', async () => {
  const world = workerWorld({ policy: 'fifo', environment: { ENV_PARAMETER_NAME: '/bot/env' } });
  world.ssm.parameters.set('/bot/env', 'EXTRA=1');
  for (const id of ['1', '2', '3']) {
    await world.worker(queued(textJob(`text ${id}`, `wamid.${id}`)), context());
    world.clock.jump(301_000);
  }
  const { history } = storedHistory(world.s3);
  expect(history.eventsWithReplies()).toEqual(['wamid.3']);
  history.close();
  const reads = world.tap.details.filter((call) => call.name === 'GetObject');
  expect(reads.map((call) => call.input.IfNoneMatch !== undefined)).toEqual([false, true, true]);
});

test('a table that is away for 2 s between the send and its mark costs no second message', async () => {
  const world = workerWorld({ policy: 'fifo', provider: 'telegram' });
  let backAtMillis = Number.POSITIVE_INFINITY;
  world.tap.before = (call) => {
    if (call.name !== 'UpdateItem') return;
    backAtMillis = Math.min(backAtMillis, world.clock.nowMillis() + 2000);
    if (world.clock.nowMillis() < backAtMillis) throw awsError('ThrottlingException', 400);
  };
  const response = await world.worker(queued(textJob('hello', '1', 'telegram')), context());
  expect(response).toEqual({ batchItemFailures: [] });
  expect(world.provider.sent).toHaveLength(1);
});

test('a pause that the provider asked for is kept when the message comes back', async () => {
  const world = workerWorld({ policy: 'fifo', provider: 'telegram' });
  world.provider.fail({ kind: 'throttle', retryAfterSeconds: 600, times: 9 });
  await world.worker(queued(textJob('hello', '1', 'telegram')), context());
  expect(world.tap.details.at(-1)?.input.VisibilityTimeout).toBe(600);
});
