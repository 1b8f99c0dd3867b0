import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { dynamoStage } from '../../runtime/replies/stage-table.ts';
import { newStagedRow } from '../runtime/replies/records.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

/** The stage table: put once, read whole, deleted in batches, found when due (contract replies §4.4). */
export function defineStageConformance(name: string, makeClients: MakeClients): void {
  describe(`stage table on ${name}`, () => {
    let clients: ConformanceClients;
    beforeAll(async () => {
      clients = await makeClients();
    });
    /** Due times of their own: the index is shared by all tests. */
    let suites = 0;
    const setUp = () => {
      suites += 1;
      const clock = new FakeClock({ auto: true, startMillis: Date.parse('2026-11-21T10:00:00Z') + suites });
      const options = { ttlSeconds: 1000, ttlAttribute: 'expires_at' };
      const stage = dynamoStage(clients.dynamodb, clients.replies.stage, clock, options);
      const conversationId = `c-${randomUUID()}`;
      const row = (sid: string, more = {}) => newStagedRow({ conversationId, messageSid: sid, ...more });
      return { clock, stage, conversationId, row };
    };
    const sids = (rows: readonly { readonly messageSid: string }[]) =>
      rows.map(({ messageSid }) => messageSid);

    test('a row is written once; who comes later gets the first', async () => {
      const { stage, conversationId, row } = setUp();
      const first = row('SM1', {
        body: 'Hi',
        receivedSeq: '1',
        media: [{ contentType: 'image/jpeg', ref: 'u' }],
      });
      expect(await stage.put(first)).toEqual({ status: 'staged' });
      expect(await stage.put(row('SM1', { body: 'other', receivedSeq: '2' }))).toEqual({
        status: 'exists',
        row: first,
      });
      expect(await stage.list(conversationId)).toEqual([first]);
    });

    test('one’s own row is known again after a lost answer', async () => {
      const { stage, row } = setUp();
      const own = row('SM1', { receivedSeq: 'mine' });
      await stage.put(own);
      expect(await stage.put(own)).toEqual({ status: 'staged' });
    });

    test('replies 22: rows come in the order of arrival, whatever their sids', async () => {
      const { stage, conversationId, row } = setUp();
      const at = '2026-11-21T10:00:00.000Z';
      await stage.put(row('SM3', { receivedAt: at, receivedSeq: '1' }));
      await stage.put(row('SM1', { receivedAt: at, receivedSeq: '2' }));
      await stage.put(row('SM2', { receivedAt: '2026-11-21T09:59:59Z', receivedSeq: '9' }));
      expect(sids(await stage.list(conversationId))).toEqual(['SM2', 'SM3', 'SM1']);
    });

    test('replies 23: all pages are read, and 60 rows are deleted in batches', async () => {
      const { stage, conversationId, row } = setUp();
      const all = Array.from({ length: 60 }, (_, index) => `SM${String(index).padStart(2, '0')}`);
      for (const sid of all) await stage.put(row(sid, { body: 'x'.repeat(35_000), receivedSeq: sid }));
      expect(sids(await stage.list(conversationId))).toEqual(all);
      expect(await stage.remove(conversationId, all)).toBe(0);
      expect(await stage.list(conversationId)).toEqual([]);
    });

    test('one row is deleted, twice', async () => {
      const { stage, conversationId, row } = setUp();
      await stage.put(row('SM1'));
      await stage.put(row('SM2'));
      await stage.removeOne(conversationId, 'SM1');
      await stage.removeOne(conversationId, 'SM1');
      expect(sids(await stage.list(conversationId))).toEqual(['SM2']);
    });

    test('due rows are found, put off, and never made by being put off', async () => {
      const { stage, conversationId, row, clock } = setUp();
      const now = Math.floor(clock.nowMillis() / 1000);
      const dueRow = row('SM1', { dueAtSeconds: now, route: 'human' });
      await stage.put(dueRow);
      await stage.put(row('SM2', { dueAtSeconds: now + 1 }));
      await stage.put(row('SM3'));
      const due = async () =>
        (await stage.due(1000)).filter((found) => found.conversationId === conversationId);
      expect(await due()).toEqual([dueRow]);
      expect(await stage.pushDue(dueRow, now + 60, true)).toBe(true);
      expect(await due()).toEqual([]);
      clock.jump(60_000);
      const [again, other] = await due();
      expect(other).toMatchObject({ dueAtSeconds: now + 60, sweptAt: expect.stringMatching(/Z$/) });
      expect(again).toMatchObject({ messageSid: 'SM2', sweptAt: undefined });
      await stage.removeOne(conversationId, 'SM1');
      expect(await stage.pushDue(dueRow, now + 90, false)).toBe(false);
      expect(sids(await stage.list(conversationId))).toEqual(['SM2', 'SM3']);
    });
  });
}
