import { expect, test } from 'vitest';
import { awsError } from '../../support/tap.ts';
import { asynchronous, CHAT, context, storedHistory, textJob, workerWorld } from './worker-world.ts';

const lockItem = (expiresAt: number, eventId = 'other', busyUntil = expiresAt) => ({
  user_id: { S: CHAT },
  expiresAt: { N: String(expiresAt) },
  busy_until: { N: String(busyUntil) },
  event_id: { S: eventId },
  owner: { S: 'somebody' },
});
const seconds = (clock: { nowMillis(): number }) => Math.floor(clock.nowMillis() / 1000);

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

test('a lock outlives the invocation that holds it, however short LOCK_TTL_SECONDS is', async () => {
  const seen: unknown[] = [];
  const world = workerWorld({
    environment: { LOCK_TTL_SECONDS: '60' },
    agent: () => void seen.push(world.dynamodb.item(CHAT)?.expiresAt),
  });
  await world.worker(asynchronous(textJob('hello')), context(900_000));
  expect(Number((seen[0] as { N: string }).N) - seconds(world.clock)).toBeGreaterThanOrEqual(915);
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
    // A's own time to live outlasts its invocation, so the expiry is put into the item.
    world.dynamodb.seed({ ...world.dynamodb.item(CHAT), expiresAt: { N: String(seconds(world.clock) - 1) } });
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
