import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dynamoTriggerLock } from '../../runtime/replies/trigger-lock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

/** The trigger lock: one a window, over when the clock says so (contract replies §4.5). */
export function defineTriggerLockConformance(name: string, makeClients: MakeClients): void {
  describe(`trigger lock on ${name}`, () => {
    let clients: ConformanceClients;
    beforeAll(async () => {
      clients = await makeClients();
    });
    const setUp = () => {
      const clock = new FakeClock({ auto: false });
      const lock = dynamoTriggerLock(clients.dynamodb, clients.replies.triggerLock, clock, 'expires_at');
      return { clock, lock, id: `c-${randomUUID()}` };
    };

    test('one of many gets it', async () => {
      const { lock, id } = setUp();
      const taken = await Promise.all(Array.from({ length: 5 }, () => lock.acquire(id, 70)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await lock.acquire(id, 70)).toBeUndefined();
    });

    test('replies 19: at its expiry it is over, deleted or not', async () => {
      const { lock, id, clock } = setUp();
      await lock.acquire(id, 70);
      clock.jump(69_000);
      expect(await lock.acquire(id, 70)).toBeUndefined();
      clock.jump(1000);
      expect(await lock.acquire(id, 70)).toBeDefined();
      expect(await lock.acquire(id, 70)).toBeUndefined();
    });

    test('only one’s own is released; clear takes anybody’s', async () => {
      const { lock, id } = setUp();
      const first = await lock.put(id, 70);
      const second = await lock.put(id, 70);
      await lock.release(first);
      expect(await lock.acquire(id, 70)).toBeUndefined();
      await lock.release(second);
      expect(await lock.acquire(id, 70)).toBeDefined();
      await lock.clear(id);
      await lock.clear(id);
      expect(await lock.acquire(id, 70)).toBeDefined();
    });
  });
}
