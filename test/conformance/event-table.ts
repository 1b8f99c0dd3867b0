import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryTable } from '../../runtime/bot/delivery.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import type { Lock } from '../../runtime/core/lock.ts';
import { FakeClock } from '../support/fake-clock.ts';

const TTL_SECONDS = 1000;

/** The items that tell how far an event's reply got (contract bot §7.3). */
export function defineEventTableConformance(
  name: string,
  makeTable: (clock: Clock, ttlSeconds: number) => Promise<DeliveryTable>,
  /** Absent where no lock stands beside the items. */
  makeLock?: (clock: Clock) => Promise<Lock>,
): void {
  describe(`event table on ${name}`, () => {
    const clock = new FakeClock();
    let table: DeliveryTable;
    beforeAll(async () => {
      table = await makeTable(clock, TTL_SECONDS);
    });
    const newKey = () => ({ provider: 'whatsapp', eventId: randomUUID(), chatId: randomUUID() });
    const nothing = { done: false, accepted: new Set(), refused: new Set() };

    test('nothing is known of a new event', async () => {
      expect(await table.read(newKey())).toEqual(nothing);
    });

    test('parts are marked one by one, in any repetition; the last with done', async () => {
      const key = newKey();
      await table.accepted(key, 1, 'm1');
      await table.accepted(key, 1, 'm1');
      await table.accepted(key, 2, 'm2');
      expect(await table.read(key)).toEqual({ ...nothing, accepted: new Set([1, 2]) });
      expect(await table.done(key, { part: 3, providerId: 'm3' })).toBe(false);
      expect(await table.read(key)).toEqual({ ...nothing, done: true, accepted: new Set([1, 2, 3]) });
    });

    test('a late mark does not bring a finished event back', async () => {
      const key = newKey();
      await table.done(key, undefined);
      await table.accepted(key, 1, 'm1');
      await table.failed(key, undefined);
      expect((await table.read(key)).done).toBe(true);
    });

    test('a refused part is noted, and the note is taken back', async () => {
      const key = newKey();
      await table.failed(key, 2);
      expect(await table.read(key)).toEqual({ ...nothing, refused: new Set([2]) });
      await table.unrefuse(key, 2);
      await table.unrefuse(key, 2);
      expect(await table.read(key)).toEqual(nothing);
    });

    test('the user is told of a failure once, and not when something of a reply was accepted', async () => {
      const key = newKey();
      expect(await table.failed(key, undefined)).toBe(1);
      expect(await table.failed(key, undefined)).toBe(2);
      expect(await table.markErrorTold(key)).toBe(true);
      expect(await table.markErrorTold(key)).toBe(false);
      const [answered, finished] = [newKey(), newKey()];
      await table.accepted(answered, 1, 'm1');
      expect(await table.markErrorTold(answered)).toBe(false);
      await table.done(finished, undefined);
      expect(await table.markErrorTold(finished)).toBe(false);
    });

    if (makeLock)
      test('done frees the lock in the same call, but only one’s own', async () => {
        const lock = await makeLock!(clock);
        const chat = newKey();
        const acquire = (owner: string) =>
          lock.acquire({
            key: chat.chatId,
            owner,
            eventId: owner,
            ttlSeconds: 60,
            busyUntilSeconds: Math.floor(clock.nowMillis() / 1000) + 60,
          });
        await acquire('mine');
        const other = newKey();
        expect(await table.done(other, undefined, { key: chat.chatId, owner: 'another' })).toBe(false);
        expect((await table.read(other)).done).toBe(true);
        expect(await acquire('second')).toMatchObject({ status: 'held-by-other' });
        expect(await table.done(chat, undefined, { key: chat.chatId, owner: 'mine' })).toBe(true);
        expect(await acquire('second')).toEqual({ status: 'acquired' });
      });

    test('the done ones of many events are found', async () => {
      const keys = Array.from({ length: 120 }, newKey);
      const finished = keys.filter((_, index) => index % 40 === 0);
      for (const key of finished) await table.done(key, undefined);
      await table.accepted(keys[1]!, 1, 'm1');
      const found = await table.doneAmong(
        'whatsapp',
        keys.map((key) => key.eventId),
      );
      expect([...found].sort()).toEqual(finished.map((key) => key.eventId).sort());
    });

    test('an id of our own belongs to the chat that took it first, as long as its item stands', async () => {
      const key = newKey();
      const elsewhere = { ...key, chatId: randomUUID() };
      expect(await table.reserve(key)).toBe(true);
      expect(await table.reserve(key)).toBe(true);
      expect(await table.reserve(elsewhere)).toBe(false);
      expect(await table.read(key)).toEqual(nothing);
      await table.done(key, { part: 1, providerId: 'm1' });
      expect(await table.reserve(key)).toBe(true);
      expect(await table.read(key)).toEqual({ ...nothing, done: true, accepted: new Set([1]) });
      clock.jump((TTL_SECONDS + 1) * 1000);
      expect(await table.reserve(key)).toBe(false);
    });

    test('an item past its time says nothing, deleted or not', async () => {
      const key = newKey();
      await table.done(key, undefined);
      clock.jump((TTL_SECONDS + 1) * 1000);
      expect(await table.read(key)).toEqual(nothing);
    });
  });
}
