import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dynamoLock } from '../../runtime/core/lock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

/** The lock on DynamoDB: one holder, expiry by the clock, fenced release (contract bot §7.1, §7.2). */
export function defineLockConformance(name: string, makeClients: MakeClients): void {
  describe(`lock on ${name}`, () => {
    let clients: ConformanceClients;
    beforeAll(async () => {
      clients = await makeClients();
    });

    const setUp = () => {
      const clock = new FakeClock({ auto: false });
      const lock = dynamoLock(clients.dynamodb, clients.tableName, clock);
      const key = `lock-${randomUUID()}`;
      const acquire = (owner: string, eventId: string, more: { ttl?: number; busyFor?: number } = {}) =>
        lock.acquire({
          key,
          owner,
          eventId,
          ttlSeconds: more.ttl ?? 180,
          busyUntilSeconds: Math.floor(clock.nowMillis() / 1000) + (more.busyFor ?? 125),
        });
      return { clock, lock, key, acquire };
    };

    test('one holder; the other is told whose event holds it', async () => {
      const { acquire } = setUp();
      expect(await acquire('a', 'e1')).toEqual({ status: 'acquired' });
      expect(await acquire('b', 'e2')).toEqual({ status: 'held-by-other', eventId: 'e1', owner: 'a' });
      expect(await acquire('b', 'e1')).toEqual({ status: 'held-by-this-event' });
    });

    test('who meets a lock is told once a holder', async () => {
      const { acquire, lock, key } = setUp();
      await acquire('a', 'e1');
      expect(await lock.markTold(key, 'b')).toBe(false);
      expect(await lock.markTold(key, 'a')).toBe(true);
      expect(await lock.markTold(key, 'a')).toBe(false);
      await lock.release(key, 'a');
      await acquire('c', 'e2');
      expect(await lock.markTold(key, 'a')).toBe(false);
      expect(await lock.markTold(key, 'c')).toBe(true);
    });

    test('a repeated request of the same owner holds it', async () => {
      const { acquire } = setUp();
      await acquire('a', 'e1');
      expect(await acquire('a', 'e1')).toEqual({ status: 'acquired' });
    });

    test('one winner in a race', async () => {
      const { acquire } = setUp();
      const results = await Promise.all(Array.from({ length: 10 }, (_, n) => acquire(`o${n}`, `e${n}`)));
      expect(results.filter((result) => result.status === 'acquired')).toHaveLength(1);
    });

    test('at its expiry it is still held, a second later anyone may take it', async () => {
      const { acquire, clock } = setUp();
      await acquire('a', 'e1', { ttl: 100 });
      clock.jump(100_000);
      expect(await acquire('b', 'e2')).toMatchObject({ status: 'held-by-other' });
      clock.jump(1000);
      expect(await acquire('b', 'e2')).toEqual({ status: 'acquired' });
    });

    test('after busy_until the same event may take it, another may not', async () => {
      const { acquire, clock } = setUp();
      await acquire('a', 'e1', { busyFor: 10 });
      clock.jump(10_000);
      expect(await acquire('b', 'e1')).toEqual({ status: 'held-by-this-event' });
      clock.jump(1000);
      expect(await acquire('b', 'e2')).toMatchObject({ status: 'held-by-other' });
      expect(await acquire('b', 'e1')).toEqual({ status: 'acquired' });
    });

    test('release frees only one’s own lock', async () => {
      const { acquire, lock, key } = setUp();
      await acquire('a', 'e1');
      await lock.release(key, 'b');
      expect(await acquire('b', 'e2')).toMatchObject({ status: 'held-by-other' });
      await lock.release(key, 'a');
      await lock.release(key, 'a');
      expect(await acquire('b', 'e2')).toEqual({ status: 'acquired' });
    });
  });
}
