import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { safeId } from '../../../runtime/bot/job.ts';
import { awsError } from '../../support/tap.ts';
import {
  asynchronous,
  CHAT,
  context,
  type Policy,
  queued,
  record,
  storedHistory,
  storedTexts,
  textJob,
  workerWorld,
} from './worker-world.ts';

const lockItem = (expiresAt: number, eventId = 'other', busyUntil = expiresAt) => ({
  user_id: { S: CHAT },
  expiresAt: { N: String(expiresAt) },
  busy_until: { N: String(busyUntil) },
  event_id: { S: eventId },
  owner: { S: 'somebody' },
});
const seconds = (clock: { nowMillis(): number }) => Math.floor(clock.nowMillis() / 1000);
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

test("bot A18: another event's lock: an undecided event is ignored, a decided one that is not done comes back", async () => {
  const world = workerWorld();
  const held = lockItem(seconds(world.clock) + 100);
  world.dynamodb.seed(held);
  const answer = await world.worker(asynchronous(textJob('hello')), context());
  expect(answer).toMatchObject({ statusCode: 200, body: '"Already processing; update ignored."' });
  expect(world.agentTurns).toEqual([]);
  expect(world.provider.sent).toEqual([]);
  expect(world.dynamodb.item(CHAT)).toEqual(held);
  expect(world.lines.at(-1)).toMatchObject({
    message: 'worker_job_finished',
    status: 'ignored',
    rule: 'busy',
  });

  const decided = workerWorld();
  decided.provider.fail({ kind: 'refuse', code: 190 });
  await expect(decided.worker(asynchronous(textJob('hello')), context())).rejects.toThrow('did not accept');
  decided.dynamodb.seed(lockItem(seconds(decided.clock) + 100));
  await expect(decided.worker(asynchronous(textJob('hello')), context())).rejects.toThrow(
    'may still be working',
  );
  expect(decided.agentTurns).toEqual(['hello']);
  expect(decided.dynamodb.item(CHAT)).toEqual(lockItem(seconds(decided.clock) + 100));
  expect(decided.provider.sent).toEqual([]);
});

test('bot A19: a lock that expires now is held; one that expired a second ago is taken over', async () => {
  const world = workerWorld();
  world.dynamodb.seed(lockItem(seconds(world.clock)));
  expect(await world.worker(asynchronous(textJob('hello')), context())).toMatchObject({
    body: '"Already processing; update ignored."',
  });
  world.dynamodb.seed(lockItem(seconds(world.clock) - 1));
  expect(await world.worker(asynchronous(textJob('hello')), context())).toMatchObject({
    body: '"Processed."',
  });
  expect(world.provider.sent).toHaveLength(1);
});

test('bot A20: the lock item: raw chat id, 180 s, busy until the deadline and 5 s', async () => {
  const seen: unknown[] = [];
  const world = workerWorld({ agent: () => void seen.push(world.dynamodb.item(CHAT)) });
  await world.worker(asynchronous(textJob('hello')), context(100_000, 'request-7'));
  const now = seconds(world.clock);
  expect(seen).toMatchObject([
    {
      user_id: { S: CHAT },
      expiresAt: { N: String(now + 180) },
      busy_until: { N: String(now + 105) },
      event_id: { S: 'wamid.1' },
      owner: { S: expect.stringMatching(/^request-7:.{36}$/) },
    },
  ]);
});

test.each(['', 'abc', '1.5', '0'])(
  'bot A21: LOCK_TTL_SECONDS=%j starts with 180 and one warning',
  async (value) => {
    const seen: unknown[] = [];
    const world = workerWorld({
      environment: { LOCK_TTL_SECONDS: value },
      agent: () => void seen.push(world.dynamodb.item(CHAT)?.expiresAt),
    });
    await world.worker(asynchronous(textJob('hello', 'wamid.1')), context());
    await world.worker(asynchronous(textJob('hello', 'wamid.2')), context());
    expect(seen[0]).toEqual({ N: String(seconds(world.clock) + 180) });
    const warnings = world.lines.filter((line) => line.level === 'WARN');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.warning).toContain('LOCK_TTL_SECONDS');
    if (value) expect(JSON.stringify(warnings)).not.toContain(`"${value}"`);
  },
);

test('bot A22: a lock that expired mid-run and was taken by B survives the end of A, and both saves merge', async () => {
  let during: (() => Promise<void>) | undefined;
  const world = workerWorld({
    agent: async (turn) => {
      await during?.();
      return `re ${turn.text}`;
    },
  });
  const other = world.another({
    agent: (turn) => {
      bItem = world.dynamodb.item(CHAT);
      return `re ${turn.text}`;
    },
  });
  let bItem: unknown;
  during = async () => {
    world.clock.jump(200_000);
    await other.worker(asynchronous(textJob('from B', 'wamid.B')), context(120_000, 'B'));
    // B is still at work when A ends.
    world.dynamodb.seed(bItem as Record<string, { S: string }>);
  };
  await world.worker(asynchronous(textJob('from A', 'wamid.A')), context(120_000, 'A'));
  expect(world.dynamodb.item(CHAT)).toEqual(bItem);
  const { history } = storedHistory(world.s3);
  expect(history.rows(10).map((row) => [row.msgNumber, row.blocks[0]?.content])).toEqual([
    [1, 'from B'],
    [2, 're from B'],
    [3, 'from A'],
    [4, 're from A'],
  ]);
  history.close();
  expect(world.provider.sent.map((call) => call.text)).toEqual(['re from B', 're from A']);
});

test('bot A23: without a table nothing asks DynamoDB; a throttled table is retried, then thrown, never "busy"', async () => {
  const without = workerWorld({ table: false });
  await without.worker(asynchronous(textJob('hello')), context());
  expect(without.tap.details.some((call) => call.service === 'dynamodb')).toBe(false);
  expect(without.provider.sent).toHaveLength(1);

  const throttled = workerWorld();
  throttled.tap.before = (call) => {
    if (call.service === 'dynamodb') throw awsError('ProvisionedThroughputExceededException', 400);
  };
  await expect(throttled.worker(asynchronous(textJob('hello')), context())).rejects.toThrow(
    'ProvisionedThroughputExceededException',
  );
  expect(throttled.tap.calls).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem']);
  expect(throttled.agentTurns).toEqual([]);
});

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

test('bot A40: ids in keys', () => {
  const keys = {
    '5491': '5491',
    '-100123': '-100123',
    'US.123': 'US.123',
    '../x': 'u_Li4veA',
    'a/b': 'u_YS9i',
    'a b': 'u_YSBi',
    ñ: 'u_w7E',
    '..': 'u_Li4',
    'a..b': 'u_YS4uYg',
    '': 'u_empty',
  };
  for (const [id, key] of Object.entries(keys)) expect(safeId(id)).toBe(key);
  expect(safeId('u_x')).toBe(`u_${Buffer.from('u_x').toString('base64url')}`);
  expect(safeId('u_YS9i')).not.toBe(safeId('a/b'));
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
    environment: { ENV_PARAMETER_NAME: '/bot/env', SPECIAL_TOKEN_FILES_JSON: '["service.json"]' },
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
