import { describe, expect, test } from 'vitest';
import { LockLostError } from '../../../../runtime/files/store/errors.ts';
import { ownManifest, readManifest } from '../../../../runtime/files/store/manifest.ts';
import { publish, publishErrorLog } from '../../../../runtime/files/store/publish.ts';
import { collect } from '../../../support/collect.ts';
import { COUNTS, done, LAMBDA, leaveAttempt, storeWorld, textOf } from './world.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

async function running(world: ReturnType<typeof storeWorld>, more = {}) {
  const { executions } = world;
  const { record } = await executions.create({ executionId: 'a1', ...more });
  return done(await executions.start(done(await executions.dispatch(record, LAMBDA)), 'a'));
}

const verdict = (manifestKey: string) => ({ state: 'SUCCEEDED', counts: COUNTS, manifestKey }) as const;

test('files T10: a worker that was paused past its lock publishes nothing, whatever it writes', async () => {
  const world = storeWorld();
  const { executions, lock, storage, clock, ports, metrics } = world;
  const forA = await running(world);
  let resume = (_: unknown) => {};
  const paused = new Promise((resolve) => {
    resume = resolve;
  });
  const workOfA = lock.withLock(
    'a1',
    async ({ assertHeld }) => {
      await paused;
      // It believes in its record still and writes all it has, before and after it looks at the lock.
      const manifestKey = await leaveAttempt(storage, forA, { 'output.csv': 'of A', 'report.html': 'of A' });
      const result = await executions.finish(forA, verdict(manifestKey));
      expect(result).toMatchObject({ status: 'refused', record: { ownerId: 'b' } });
      assertHeld();
    },
    { ownerId: 'a' },
  );
  const lost = expect(workOfA).rejects.toBeInstanceOf(LockLostError);
  await new Promise((resolve) => setImmediate(resolve));
  clock.jump(126_000);

  await lock.withLock(
    'a1',
    async ({ ownerId, tookOverFrom, assertHeld }) => {
      expect(tookOverFrom).toBe('a');
      const seen = await executions.get('a1');
      const forB = done(await executions.start(seen!, ownerId));
      const manifestKey = await leaveAttempt(storage, forB, { 'output.csv': 'of B' });
      assertHeld();
      expect(await publish(ports, done(await executions.finish(forB, verdict(manifestKey))))).toBe(true);
    },
    { ownerId: 'b' },
  );
  resume(undefined);
  await lost;

  expect(await executions.get('a1')).toMatchObject({
    state: 'SUCCEEDED',
    attempt: 1,
    ownerId: 'b',
    manifestKey: 'attempts/1-b/manifest.json',
  });
  const outside = (await collect(storage.listFiles('a1'))).filter(
    (name) => !name.startsWith('attempts/1-a/'),
  );
  expect(outside).toEqual([
    'attempts/1-b/manifest.json',
    'attempts/1-b/output.csv',
    'manifest.json',
    'output.csv',
  ]);
  for (const name of outside) expect(await textOf(storage, 'a1', name)).not.toContain('of A');
  expect(await textOf(storage, 'a1', 'output.csv')).toBe('of B');
  expect(metrics.lambda.counts).toMatchObject({ LockTakeover: 1, LockLost: 1 });
});

describe('publication', () => {
  const published = async (files: Record<string, string>, more = {}) => {
    const world = storeWorld();
    const record = await running(world, more);
    const manifestKey = await leaveAttempt(world.storage, record, files);
    return { ...world, record: done(await world.executions.finish(record, verdict(manifestKey))) };
  };

  test('copies outputs in folders too, the manifest last, and is noted once', async () => {
    const { ports, record, storage, executions, s3 } = await published({
      'output/a.csv': '1',
      'log.txt': '2',
    });
    s3.tap.clear();
    expect(await publish(ports, record)).toBe(true);
    const copied = s3.tap.details.filter(({ name }) => name === 'CopyObject').map(({ input }) => input.Key);
    expect(copied).toEqual([
      'executions/a1/output/a.csv',
      'executions/a1/log.txt',
      'executions/a1/manifest.json',
    ]);
    expect(await textOf(storage, 'a1', 'output/a.csv')).toBe('1');
    expect((await readManifest(storage, 'a1', 'manifest.json')).outputs).toHaveLength(2);
    const { publishedAt } = (await executions.get('a1'))!;
    expect(publishedAt).toBeDefined();
    expect(await publish(ports, record)).toBe(false);
    expect((await executions.get('a1'))?.publishedAt).toBe(publishedAt);
  });

  test('files T62: a copy that was cut off is finished by whoever comes next', async () => {
    const { ports, record, storage, executions, s3 } = await published({ 'a.csv': '1', 'b.csv': '2' });
    s3.tap.before = ({ name, input }) => {
      if (name === 'CopyObject' && String(input.Key).endsWith('/b.csv')) throw new Error('killed');
    };
    await expect(publish(ports, record)).rejects.toThrow();
    expect((await executions.get('a1'))?.publishedAt).toBeUndefined();
    s3.tap.before = undefined;
    const [found] = await collect(executions.byState('SUCCEEDED', { isUnpublished: true }));
    expect(await publish(ports, found!)).toBe(true);
    expect(await textOf(storage, 'a1', 'b.csv')).toBe('2');
    expect(await collect(executions.byState('SUCCEEDED', { isUnpublished: true }))).toEqual([]);
  });

  test('the error log of an earlier attempt goes; one that is an output stays', async () => {
    const without = await published({ 'log.txt': '1' });
    await without.storage.writeFile('a1', 'error.log', bytes('old'));
    await publish(without.ports, without.record);
    expect(await without.storage.exists('a1', 'error.log')).toBe(false);
    const having = await published({ 'error.log': 'new' });
    await publish(having.ports, having.record);
    expect(await textOf(having.storage, 'a1', 'error.log')).toBe('new');
  });

  test('an output does not replace an input of the same name', async () => {
    const inputs = [
      { sourceExecutionId: 'a1', filename: 'output.csv' },
      { sourceExecutionId: 'p1', filename: 'log.txt' },
    ];
    const { ports, record, storage, capture } = await published(
      { 'output.csv': 'out', 'log.txt': 'log' },
      { inputs },
    );
    await storage.writeFile('a1', 'output.csv', bytes('delivered'));
    expect(await publish(ports, record)).toBe(true);
    expect(await textOf(storage, 'a1', 'output.csv')).toBe('delivered');
    expect(await textOf(storage, 'a1', 'log.txt')).toBe('log');
    expect(capture.of('publish_name_taken')).toHaveLength(1);
  });

  test('a record without a manifest has nothing to publish', async () => {
    const world = storeWorld();
    const record = done(await world.executions.reject(await running(world), { errorClass: 'CONFIG' }));
    expect(await publish(world.ports, record)).toBe(false);
  });

  test('the error log of a failed attempt is shown, unless an input has its name or there is none', async () => {
    const world = storeWorld();
    const { storage, executions } = world;
    const failed = done(
      await executions.fail(await running(world), { errorClass: 'RESOURCE', retryable: true }),
    );
    await publishErrorLog(storage, failed);
    expect(await storage.exists('a1', 'error.log')).toBe(false);
    await storage.writeFile('a1', 'attempts/1-a/error.log', bytes('Error: x'));
    const inputs = [{ sourceExecutionId: 'a1', filename: 'error.log' }];
    await publishErrorLog(storage, { ...failed, inputs });
    expect(await storage.exists('a1', 'error.log')).toBe(false);
    await publishErrorLog(storage, failed);
    expect(await textOf(storage, 'a1', 'error.log')).toBe('Error: x');
  });
});

describe('manifests', () => {
  test('an attempt has one, and its record finds its own alone', async () => {
    const world = storeWorld();
    const record = await running(world);
    expect(await ownManifest(world.storage, record)).toBeUndefined();
    const { ownerId: _, ...nobody } = record;
    expect(await ownManifest(world.storage, nobody)).toBeUndefined();
    await leaveAttempt(world.storage, record, { 'a.csv': '1' }, { result: { verdict: 'Éxito' } });
    const sha256 = '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b';
    expect(await ownManifest(world.storage, record)).toMatchObject({
      attempt: 1,
      owner_id: 'a',
      outputs: [{ name: 'a.csv', bytes: 1, sha256 }],
      result: { verdict: 'Éxito' },
    });
    expect(await ownManifest(world.storage, { ...record, attempt: 2 })).toBeUndefined();
    await expect(leaveAttempt(world.storage, record, {})).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  test.each([
    ['no JSON', '{', 'MANIFEST_INVALID'],
    ['another shape', '{"v":1}', 'MANIFEST_INVALID'],
    ['a later release', '{"v":2}', 'RECORD_VERSION'],
  ])('what is none: %s', async (_what, text, code) => {
    const { storage } = storeWorld();
    await storage.writeFile('a1', 'm.json', bytes(text));
    await expect(readManifest(storage, 'a1', 'm.json')).rejects.toMatchObject({ code });
  });

  test('a manifest does not lead out of its folder', async () => {
    const world = storeWorld();
    const outputs = [{ name: '../../other/x', bytes: 1, sha256: 'ab' }];
    const name = await leaveAttempt(world.storage, await running(world), {}, { outputs });
    await expect(readManifest(world.storage, 'a1', name)).rejects.toMatchObject({ code: 'INVALID_PATH' });
  });

  test('the form that release 0.1 wrote is read', async () => {
    const { storage } = storeWorld();
    const stored = {
      v: 1,
      execution_id: 'a1',
      attempt: 1,
      owner_id: 'a',
      state: 'PARTIAL',
      counts: { records: 3, errors: 0, warnings: 1, messages: 0 },
      outputs: [{ name: 'output.csv', bytes: 4, sha256: 'ab' }],
      code_version: '0.1.0',
      config_sha256: 'cd',
      created_at: '2026-11-21T10:00:00.000Z',
    };
    await storage.writeFile('a1', 'm.json', bytes(JSON.stringify(stored)));
    expect(await readManifest(storage, 'a1', 'm.json')).toEqual(stored);
  });
});
