import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  asynchronous,
  CHAT,
  context,
  queued,
  record,
  storedTexts,
  textJob,
  workerWorld,
} from './worker-world.ts';

const DROP_CALLS = ['UpdateItem', 'GetObject', 'PutObject', 'send', 'TransactWriteItems'];

test('bot A16: drop, a known chat: history read, agent called once, reply sent, history stored, lock gone', async () => {
  const histories: unknown[] = [];
  const world = workerWorld({
    agent: (turn, { history }) => {
      histories.push(history.read().map((row) => row.blocks[0]?.content));
      return `re ${turn.text}`;
    },
  });
  await world.worker(asynchronous(textJob('first', 'wamid.1')), context());
  world.tap.clear();
  const answer = await world.worker(asynchronous(textJob('second', 'wamid.2')), context());
  expect(answer).toMatchObject({ statusCode: 200, body: '"Processed."' });
  expect(histories).toEqual([[], ['first', 're first']]);
  expect(world.agentTurns).toEqual(['first', 'second']);
  expect(world.provider.sent.map(({ chatId, text }) => [chatId, text])).toEqual([
    [CHAT, 're first'],
    [CHAT, 're second'],
  ]);
  expect(storedTexts(world.s3)).toEqual(['first', 're first', 'second', 're second']);
  expect(world.s3.keys()).toEqual([`history/${CHAT}.sqlite`]);
  expect(world.dynamodb.item(CHAT)).toBeUndefined();
  expect(world.tap.calls.filter((call) => call !== 'send')).toHaveLength(4);
});

test('bot A17: a new chat: no error on the missing object, and the file is created with If-None-Match', async () => {
  const world = workerWorld();
  await world.worker(asynchronous(textJob('hello')), context());
  const put = world.tap.details.find((call) => call.name === 'PutObject');
  expect(put?.input).toMatchObject({ Key: `history/${CHAT}.sqlite`, IfNoneMatch: '*' });
  expect(put?.input.IfMatch).toBeUndefined();
  expect(storedTexts(world.s3)).toEqual(['hello', 'You said: hello']);
});

test('bot A28: fifo: three quick messages of 50 s each are answered in order, the last when it is 140 s old', async () => {
  const world: ReturnType<typeof workerWorld> = workerWorld({
    policy: 'fifo',
    agent: (turn) => {
      world.clock.jump(50_000);
      return `re ${turn.text}`;
    },
  });
  for (const text of ['one', 'two', 'three'])
    await world.worker(queued(textJob(text, `wamid.${text}`)), context());
  expect(world.provider.sent.map((call) => call.text)).toEqual(['re one', 're two', 're three']);
});

test('bot A31: a batch of three of one group and one of another: a failure stops its own group only', async () => {
  const world = workerWorld({
    policy: 'fifo',
    agent: (turn) => {
      if (turn.text === 'two') throw new Error('no');
      return `re ${turn.text}`;
    },
  });
  const other = { ...textJob('four', 'wamid.4'), chat_id: '15550199' };
  const response = await world.worker(
    {
      Records: [
        record(textJob('one', 'wamid.1'), 'm1'),
        record(textJob('two', 'wamid.2'), 'm2'),
        record(textJob('three', 'wamid.3'), 'm3'),
        record(other, 'm4', '15550199'),
      ],
    },
    context(),
  );
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm3' }] });
  expect(world.agentTurns).toEqual(['one', 'two', 'four']);
  expect(world.provider.sent.map((call) => call.text)).toEqual(['re one', 're four']);
});

test.each(['whatsapp', 'telegram'] as const)(
  'bot A34: %s says "wait 2 s", then accepts: one message, 2 s later',
  async (provider) => {
    const world = workerWorld({ provider });
    world.provider.fail({ kind: 'throttle', retryAfterSeconds: 2 });
    const asked = world.clock.nowMillis();
    await world.worker(asynchronous(textJob('hello', '1', provider)), context());
    expect(world.provider.sent.map((call) => call.text)).toEqual(['You said: hello']);
    expect(world.provider.sent[0]!.atMillis - asked).toBeGreaterThanOrEqual(2000);
  },
);

test('bot A37: a history deleted in S3 does not come back from a warm worker, and a stale -wal changes nothing', async () => {
  const histories: number[] = [];
  const world = workerWorld({ agent: (_, { history }) => void histories.push(history.read().length) });
  await world.worker(asynchronous(textJob('one', 'wamid.1')), context());
  world.s3.buckets.get('bucket')?.delete(`history/${CHAT}.sqlite`);
  await world.worker(asynchronous(textJob('two', 'wamid.2')), context());
  const folder = join(world.tmp, 'history');
  mkdirSync(folder, { recursive: true });
  for (const suffix of ['-wal', '-shm', '-journal'])
    writeFileSync(join(folder, `${CHAT}.sqlite${suffix}`), 'stale');
  await world.worker(asynchronous(textJob('three', 'wamid.3')), context());
  expect(histories).toEqual([0, 0, 1]);
  expect(storedTexts(world.s3)).toEqual(['two', 'three']);
});

test('bot A56: the calls of a turn, in order', async () => {
  const run = async (
    options: Parameters<typeof workerWorld>[0],
    event: (job: ReturnType<typeof textJob>) => unknown,
  ) => {
    const world = workerWorld(options);
    await world.worker(event(textJob('one', 'wamid.1')), context());
    const newChat = [...world.tap.calls];
    world.tap.clear();
    await world.worker(event(textJob('two', 'wamid.2')), context());
    expect(world.tap.calls).toEqual(newChat);
    world.tap.clear();
    await world.worker(event(textJob('two', 'wamid.2')), context());
    return { newChat, repeated: [...world.tap.calls] };
  };
  expect(await run({ policy: 'drop' }, asynchronous)).toEqual({
    newChat: DROP_CALLS,
    repeated: ['UpdateItem', 'GetObject', 'GetItem', 'DeleteItem'],
  });
  expect(await run({ policy: 'fifo' }, queued)).toEqual({
    newChat: ['GetObject', 'PutObject', 'send', 'UpdateItem'],
    repeated: ['GetObject', 'GetItem'],
  });
  const fifoWithout = workerWorld({ policy: 'fifo', table: false });
  await fifoWithout.worker(queued(textJob('one')), context());
  expect(fifoWithout.tap.calls).toEqual(['GetObject', 'PutObject', 'send']);
});

test('bot A56: a cold worker reads its parameter beside its token files', async () => {
  const world = workerWorld({
    environment: {
      ENV_PARAMETER_NAME: '/bot/env',
      SPECIAL_TOKEN_FILES_JSON: '["service.json"]',
      TOKENS_S3_PREFIX: 'secrets',
      SYNC_TOKENS_S3: 'true',
    },
  });
  world.ssm.parameters.set('/bot/env', 'EXTRA=1');
  world.s3.buckets
    .get('bucket')
    ?.set('secrets/service.json', { body: Buffer.from('{}'), etag: '"1"', contentType: undefined });
  // The first import of the parameter's client takes real time, which the fake clock does not know.
  await import('../../../runtime/core/parameters.ts');
  world.tap.before = () => world.clock.sleep(100);
  const started = world.clock.nowMillis();
  await world.worker(asynchronous(textJob('one')), context());
  const calls = world.tap.calls.filter((call) => call !== 'send');
  expect(calls.slice(0, 2).sort()).toEqual(['GetObject', 'GetParameter']);
  expect(calls.slice(2)).toEqual(['UpdateItem', 'GetObject', 'PutObject', 'TransactWriteItems']);
  expect(world.clock.nowMillis() - started).toBeLessThan(calls.length * 100);
});
