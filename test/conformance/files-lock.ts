import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../runtime/core/clock.ts';
import { jsonLog } from '../../runtime/core/log.ts';
import type { LockTable } from '../../runtime/files/store/lock-table.ts';
import type { FilesMetric } from '../../runtime/files/store/metrics.ts';
import { TableLock } from '../../runtime/files/store/table-lock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogCapture } from '../support/log-capture.ts';
import { MetricCounts } from '../support/metric-counts.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export type MakeLockTable = () => Promise<(clock: Clock) => LockTable>;

/** One worker an execution, expiry by the clock (contract files §3.2). */
export function defineExecutionLockConformance(name: string, makeTable: MakeLockTable): void {
  describe(`lock of executions on ${name}`, () => {
    let tableFor: (clock: Clock) => LockTable;
    beforeAll(async () => {
      tableFor = await makeTable();
    });

    const setUp = ({ startMillis = 1_000_000, ttlSeconds = 3600, keyNamespace = '' } = {}) => {
      const clock = new FakeClock({ auto: false, startMillis });
      const metrics = new MetricCounts<FilesMetric>();
      const capture = new LogCapture();
      const log = jsonLog(capture.write, () => 0);
      const table = tableFor(clock);
      const lock = new TableLock({ table, clock, log, metrics, ttlSeconds, keyNamespace });
      return { clock, lock, metrics, capture, id: `x-${randomUUID()}` };
    };

    test('files T6: the first gets it for a TTL, the second is told who holds it and how long', async () => {
      const { lock, id, clock } = setUp();
      const first = await lock.acquire(id);
      expect(first).toEqual({
        acquired: true,
        ownerId: expect.stringMatching(UUID_V4),
        expiresAtSeconds: 4600,
        tookOverFrom: undefined,
      });
      clock.jump(600_000);
      const ownerId = first.acquired && first.ownerId;
      const holder = { ownerId, expiresAtSeconds: 4600, secondsLeft: 3000, ageSeconds: 600 };
      expect(await lock.acquire(id, 'second')).toEqual({ acquired: false, holder });
      expect(await lock.inspect(id)).toEqual(holder);
      expect(await lock.inspect(`${id}-other`)).toBeUndefined();
    });

    test('files T7: a lock that expired a day ago and still stands there is taken over', async () => {
      const { lock, id, clock, metrics } = setUp();
      await lock.acquire(id, 'a');
      clock.jump((3600 + 86_400) * 1000);
      expect(await lock.acquire(id, 'b')).toMatchObject({ acquired: true, tookOverFrom: 'a' });
      expect(metrics.counts).toEqual({ LockTakeover: 1 });
      expect(await lock.acquire(id, 'c')).toMatchObject({ holder: { ownerId: 'b' } });
    });

    test('files T8: release and refresh only for the owner, and refresh only before the expiry', async () => {
      const { lock, id, clock } = setUp();
      await lock.acquire(id, 'a');
      expect(await lock.release(id, 'b')).toBe(false);
      expect(await lock.release(`${id}-absent`, 'a')).toBe(false);
      expect(await lock.release(id, 'a')).toBe(true);
      expect(await lock.inspect(id)).toBeUndefined();
      expect(await lock.release(id, 'a')).toBe(false);

      await lock.acquire(id, 'a');
      clock.jump(1000_000);
      expect(await lock.refresh(id, 'a')).toBe(true);
      expect(await lock.inspect(id)).toMatchObject({ expiresAtSeconds: 5600 });
      expect(await lock.refresh(id, 'b')).toBe(false);
      expect(await lock.refresh(`${id}-absent`, 'a')).toBe(false);
      clock.jump(3600_000);
      expect(await lock.refresh(id, 'a')).toBe(false);
    });

    test('files T9: of 50 at once one gets it', async () => {
      const { lock, id } = setUp();
      const results = await Promise.all(Array.from({ length: 50 }, () => lock.acquire(id)));
      expect(results.filter(({ acquired }) => acquired)).toHaveLength(1);
    });

    test('again by the same owner: extends before the expiry, waits like all others after it', async () => {
      const { lock, id, clock, metrics } = setUp({ ttlSeconds: 120 });
      await lock.acquire(id, 'a');
      clock.jump(100_000);
      expect(await lock.acquire(id, 'a')).toMatchObject({ acquired: true, expiresAtSeconds: 1220 });
      clock.jump(122_000);
      expect(await lock.acquire(id, 'a')).toMatchObject({ acquired: false });
      expect(metrics.counts).toEqual({ LockHeld: 1 });
    });

    test.each([
      [120, 5],
      [3600, 5],
      [20, 2],
    ])('with a TTL of %i s a challenger waits %i s after the expiry', async (ttlSeconds, margin) => {
      const { lock, id, clock } = setUp({ ttlSeconds });
      await lock.acquire(id, 'a');
      clock.jump((ttlSeconds + margin) * 1000 - 1);
      expect(await lock.acquire(id, 'b')).toMatchObject({ acquired: false });
      clock.jump(1);
      expect(await lock.acquire(id, 'b')).toMatchObject({ acquired: true });
    });

    test('a forced release says in the log who did it, and why', async () => {
      const { lock, id, capture } = setUp();
      await lock.acquire(id, 'a');
      expect(await lock.forceRelease(id, { by: 'ana', reason: 'worker gone' })).toMatchObject({
        ownerId: 'a',
      });
      expect(await lock.forceRelease(id, { by: 'ana', reason: 'again' })).toBeUndefined();
      expect(await lock.acquire(id, 'b')).toMatchObject({ acquired: true });
      expect(capture.lines[0]).toMatchObject({
        message: 'lock_force_released',
        execution_id: id,
        owner_id: 'a',
        by: 'ana',
        reason: 'worker gone',
      });
    });

    test('environments with namespaces of their own never share a lock', async () => {
      const [production, staging] = [setUp({ keyNamespace: 'prod' }), setUp({ keyNamespace: 'stage' })];
      await production.lock.acquire(production.id, 'a');
      expect(await staging.lock.acquire(production.id, 'b')).toMatchObject({ acquired: true });
      expect(await setUp().lock.acquire(production.id, 'c')).toMatchObject({ acquired: true });
    });
  });
}
