import { describe, expect, test } from 'vitest';
import { jsonLog } from '../../../../runtime/core/log.ts';
import { LockHeldError, LockLostError } from '../../../../runtime/files/store/errors.ts';
import type { HeldLock } from '../../../../runtime/files/store/execution-lock.ts';
import { LocalLockTable } from '../../../../runtime/files/store/local-lock-table.ts';
import { openLocalTables } from '../../../../runtime/files/store/local-table.ts';
import type { FilesMetric } from '../../../../runtime/files/store/metrics.ts';
import { TableLock } from '../../../../runtime/files/store/table-lock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { LogCapture } from '../../../support/log-capture.ts';
import { MetricCounts } from '../../../support/metric-counts.ts';

async function setUp(ttlSeconds: number, random = () => 0.5) {
  const clock = new FakeClock({ auto: false });
  const table = new LocalLockTable((await openLocalTables(':memory:')).locks);
  const metrics = new MetricCounts<FilesMetric>();
  const capture = new LogCapture();
  const log = jsonLog(capture.write, () => clock.nowMillis());
  const lock = new TableLock({ table, clock, log, metrics, ttlSeconds, random });
  return { clock, table, metrics, capture, lock };
}

/** Starts `work` under the lock of `a1`; `settled` resolves with what became of it. */
async function run(lock: TableLock, work: (held: HeldLock) => Promise<unknown>, options = {}) {
  let held: HeldLock | undefined;
  const settled = lock
    .withLock(
      'a1',
      (given) => {
        held = given;
        return work(given);
      },
      { ownerId: 'a', ...options },
    )
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  await new Promise((resolve) => setImmediate(resolve));
  return { settled, held: held! };
}

const untilLost = ({ signal }: HeldLock) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test.each([0, 0.5, 0.999])(
  'files T11: a run of 10 s with a TTL of 3 s is never lost (jitter %d)',
  async (random) => {
    const { clock, table, lock, metrics, capture } = await setUp(3, () => random);
    let refreshes = 0;
    const extend = table.extend.bind(table);
    table.extend = (...args) => {
      refreshes += 1;
      return extend(...args);
    };
    const work = await run(lock, async ({ assertHeld }) => {
      for (let step = 0; step < 100; step++) {
        await clock.sleep(100);
        assertHeld();
      }
      return 'done';
    });
    await clock.advance(10_000);
    expect(await work.settled).toEqual({ value: 'done' });
    expect(work.held.signal.aborted).toBe(false);
    expect(refreshes).toBeGreaterThanOrEqual(8);
    expect(await lock.inspect('a1')).toBeUndefined();
    expect([metrics.counts, capture.lines, clock.waiting]).toEqual([{}, [], 0]);
  },
);

describe('the run is aborted', () => {
  test('by two failures in a row, not by one', async () => {
    const { clock, table, lock, metrics, capture } = await setUp(120);
    const failing = [true, false, true, true];
    const extend = table.extend.bind(table);
    table.extend = async (...args) => {
      if (failing.shift()) throw new Error('unreachable');
      return extend(...args);
    };
    const work = await run(lock, untilLost);
    await clock.advance(3 * 30_000);
    expect(work.held.signal.aborted).toBe(false);
    await clock.advance(30_000);
    expect(await work.settled).toMatchObject({ error: { code: 'LOCK_LOST', name: 'LockLostError' } });
    expect(metrics.counts).toEqual({ LockLost: 1 });
    expect(capture.of('heartbeat_failed').map(({ failures }) => failures)).toEqual([1, 1, 2]);
  });

  test('by one refusal: another has the lock', async () => {
    const { clock, lock } = await setUp(120);
    const work = await run(lock, untilLost);
    await clock.advance(1000);
    await lock.forceRelease('a1', { by: 'ana', reason: 'test' });
    await lock.acquire('a1', 'b');
    await clock.advance(30_000);
    expect(await work.settled).toMatchObject({ error: expect.any(LockLostError) });
    expect(await lock.inspect('a1')).toMatchObject({ ownerId: 'b' });
  });

  test('when the beat beside the refresh says so', async () => {
    const { clock, lock } = await setUp(120);
    const work = await run(lock, untilLost, { beat: async () => false });
    await clock.advance(30_000);
    expect(await work.settled).toMatchObject({ error: expect.any(LockLostError) });
  });

  test('one margin before the expiry, when a refresh never comes back', async () => {
    const { clock, table, lock, capture } = await setUp(120);
    table.extend = () => new Promise(() => {});
    const work = await run(lock, untilLost);
    await clock.advance(114_999);
    expect(work.held.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(await work.settled).toMatchObject({ error: expect.any(LockLostError) });
    expect(capture.of('lock_lost')).toMatchObject([{ reason: 'expired', execution_id: 'a1' }]);
  });

  test('at the next look, when the whole process stood still', async () => {
    const { clock, lock } = await setUp(120);
    const work = await run(lock, async ({ assertHeld }) => {
      clock.jump(115_000);
      assertHeld();
    });
    expect(await work.settled).toMatchObject({ error: expect.any(LockLostError) });
  });
});

describe('withLock', () => {
  test('refuses while another holds it, and says for how long', async () => {
    const { lock } = await setUp(120);
    await lock.acquire('a1', 'b');
    const { error } = (await (await run(lock, async () => 'x')).settled) as { error: LockHeldError };
    expect(error).toBeInstanceOf(LockHeldError);
    expect(error).toMatchObject({ holder: { ownerId: 'b' }, retryAfterSeconds: 120 });
  });

  test.each([
    [
      'throws',
      async () => {
        throw new Error('store down');
      },
    ],
    ['finds nothing', async () => false],
  ])('a release that %s does not mask the result', async (_what, remove) => {
    const { table, lock, metrics, capture } = await setUp(120);
    table.remove = remove;
    expect(await (await run(lock, async () => 'result')).settled).toEqual({ value: 'result' });
    const failure = new Error('of the run');
    const failing = await run(
      lock,
      async () => {
        throw failure;
      },
      { ownerId: 'a' },
    );
    expect(await failing.settled).toEqual({ error: failure });
    expect(metrics.counts).toEqual({ LockReleaseFailed: 2 });
    expect(capture.of('lock_release_failed')).toHaveLength(2);
  });
});
