import { expect, test } from 'vitest';
import { clean, reconcile } from '../../../../runtime/files/detect/janitor.ts';
import type { HeldLock } from '../../../../runtime/files/store/execution-lock.ts';
import { Watch } from './watch.ts';
import { event } from './world.ts';

test('files T62: the record names the winner’s manifest or none, never that of a paused attempt', async () => {
  for (const order of ['before', 'after'] as const) {
    const world = new Watch();
    await world.put('data.csv', 'a\n1\n');
    world.dispatched();
    // A stops before its manifest: attempt 1 goes on when it is told to.
    const resume = Promise.withResolvers<void>();
    const paused = Promise.withResolvers<void>();
    const write = world.process;
    const slow = world.ports({
      process: async (input) => {
        const done = await write(input);
        paused.resolve();
        await resume.promise;
        return done;
      },
      // Its clock stood still with it: it believes to hold the lock.
      lock: {
        ...world.lock,
        withLock: async (_id: string, work: (held: HeldLock) => Promise<unknown>) => work(held('a')),
      } as never,
    });
    const { lambdaHandler } = await import('../../../../runtime/files/invocation.ts');
    const a = lambdaHandler(slow)(event({ attempt: 1 }), {
      awsRequestId: 'a',
      getRemainingTimeInMillis: () => 9e8,
    });
    await paused.promise;
    world.clock.jump(200_000);
    await world.detect();
    world.clock.jump(900_000);
    await world.detect();
    expect(world.record).toMatchObject({ state: 'DISPATCHED', attempt: 2 });
    const runB = () => world.run(event({ attempt: 2 }));
    if (order === 'after') expect((await runB()).status).toBe(200);
    resume.resolve();
    const answer = (await a) as { readonly body: string };
    expect(JSON.parse(answer.body).error).toBe('LOCK_LOST');
    await world.detect();
    expect(world.record.manifestKey).toEqual(
      order === 'after' ? expect.stringMatching(/^attempts\/2-/) : undefined,
    );
    if (order === 'before') expect((await runB()).status).toBe(200);
    expect(world.record).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
    expect(world.record.manifestKey).toMatch(/^attempts\/2-/);
    expect(JSON.parse(await world.text('manifest.json')).attempt).toBe(2);
    const ofA = (await world.files()).filter((name) => name.startsWith('attempts/1-'));
    expect(ofA).toContain('attempts/1-a/manifest.json');
  }
});

const held = (ownerId: string) => ({
  ownerId,
  tookOverFrom: undefined,
  signal: new AbortController().signal,
  assertHeld: () => {},
});

test('files T62: a winner that dies between its terminal write and the last copy: the detector finishes it, once', async () => {
  const world = new Watch();
  await world.put('data.csv', 'a\n1\n');
  let copies = 0;
  const { storage } = world;
  const dying = new Proxy(storage, {
    get: (target, key) => {
      if (key === 'copy')
        return (...args: Parameters<typeof storage.copy>) =>
          ++copies > 1 ? Promise.reject(new Error('killed')) : target.copy(...args);
      const own = Reflect.get(target, key);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
  expect((await world.run(event(), { storage: dying })).status).toBe(200);
  expect(world.record.publishedAt).toBeUndefined();
  expect(await world.files()).not.toContain('manifest.json');
  await world.detect();
  expect(world.record.publishedAt).toBeUndefined();
  world.clock.jump(61_000);
  await Promise.all([world.detect(), world.detect()]);
  expect(await world.files()).toContain('manifest.json');
  const { publishedAt } = world.record;
  expect(publishedAt).toBeDefined();
  world.clock.jump(61_000);
  await world.detect();
  expect(world.record.publishedAt).toBe(publishedAt);
});

test('the janitor removes what losers left, a day later, and nothing of the winner', async () => {
  const world = new Watch();
  await world.put('data.csv', 'a\n1\n');
  await world.put('attempts/0-loser/output.csv', 'half');
  await world.put('attempts/1-late/manifest.json', '{}');
  expect((await world.run(event())).status).toBe(200);
  const before = await world.files();
  expect(await clean(world.detector())).toBe(0);
  world.clock.jump(25 * 3_600_000);
  expect(await clean(world.detector())).toBe(2);
  expect(await world.files()).toEqual(before.filter((name) => !/loser|late/.test(name)));
});

test('reconciliation copies again what is missing among the plain names', async () => {
  const world = new Watch();
  await world.put('data.csv', 'a\n1\n');
  expect((await world.run(event())).status).toBe(200);
  await world.storage.delete('e1', 'manifest.json');
  await world.storage.delete('e1', 'output.csv');
  expect(await reconcile(world.detector())).toBe(1);
  expect(await world.text('output.csv')).toBe('a\n1\n');
  expect(await reconcile(world.detector())).toBe(0);
});
