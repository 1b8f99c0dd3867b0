import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { dynamoConversations } from '../../runtime/replies/conversations.ts';
import { dynamoLeases, type Lease } from '../../runtime/replies/lease.ts';
import { recordR } from '../runtime/replies/records.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

/** The lease: one worker a conversation, fenced writes (contract replies §4.1). */
export function defineLeaseConformance(name: string, makeClients: MakeClients): void {
  describe(`lease on ${name}`, () => {
    let clients: ConformanceClients;
    beforeAll(async () => {
      clients = await makeClients();
    });
    const setUp = async (more = {}) => {
      const clock = new FakeClock({ auto: true });
      const table = clients.replies.conversations;
      const item = recordR({ conversation_id: `c-${randomUUID()}`, ...more });
      await clients.dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...item } }));
      const leases = dynamoLeases(clients.dynamodb, table, clock);
      const conversations = dynamoConversations(clients.dynamodb, table, clock);
      const key = {
        primaryChannel: String(item.primary_channel?.S),
        conversationId: String(item.conversation_id?.S),
      };
      const take = (owner: string = randomUUID(), given = key) =>
        leases.take({ ...given, owner, lengthSeconds: 600 });
      const taken = async (): Promise<Lease> => {
        const result = await take();
        if (result.status !== 'taken') throw new Error(result.status);
        return result.lease;
      };
      const read = async () => (await conversations.get(key))!;
      return { clock, leases, key, take, taken, read };
    };

    test('one holder; the record comes with it, and the other is told how long it lasts', async () => {
      const { take, clock } = await setUp();
      const first = await take('a');
      expect(first).toMatchObject({
        status: 'taken',
        lease: { owner: 'a', fence: 1, statusBeforeLock: 'template_sent' },
        conversation: { status: 'processing_reply', turnAttempts: 1, lockFence: 1 },
      });
      clock.jump(100_000);
      expect(await take('b')).toMatchObject({ status: 'busy', remainingSeconds: 500 });
    });

    test('a repeated take of the same owner holds it, and counts once', async () => {
      const { take } = await setUp();
      await take('a');
      expect(await take('a')).toMatchObject({ status: 'taken', lease: { fence: 1 } });
    });

    test('one winner in a race', async () => {
      const { take } = await setUp();
      const results = await Promise.all(Array.from({ length: 5 }, () => take()));
      expect(results.filter(({ status }) => status === 'taken')).toHaveLength(1);
    });

    test('replies 25: no record is ever made', async () => {
      const { leases, take, key } = await setUp();
      const gone = { ...key, conversationId: `c-${randomUUID()}` };
      expect(await take('a', gone)).toEqual({ status: 'missing' });
      const lease = { key: gone, owner: 'a', fence: 1, expiresAtSeconds: 0, statusBeforeLock: undefined };
      expect(await leases.update(lease, { set: { x: 1 } })).toBe('lost');
      expect(await take('a', gone)).toEqual({ status: 'missing' });
    });

    test('replies 21: a record under a prefixed key is found by the plain number, and the other way round', async () => {
      const prefixed = await setUp({ primary_channel: 'whatsapp:+15005550006' });
      const plain = { ...prefixed.key, primaryChannel: '+15005550006' };
      expect(await prefixed.take('a', plain)).toMatchObject({
        status: 'taken',
        lease: { key: prefixed.key },
      });
      const bare = await setUp();
      const given = { ...bare.key, primaryChannel: 'whatsapp:+15005550006' };
      expect(await bare.take('a', given)).toMatchObject({ status: 'taken', lease: { key: bare.key } });
    });

    test('replies 28: after its expiry another takes it, with a higher fence and the status from before', async () => {
      const { take, taken, leases, clock, read } = await setUp();
      const lost = await taken();
      clock.jump(601_000);
      expect(await take('b')).toMatchObject({
        status: 'taken',
        lease: { fence: 2, statusBeforeLock: 'template_sent' },
        conversation: { turnAttempts: 2 },
      });
      expect(await leases.update(lost, { set: { failure_reason: 'x' } })).toBe('lost');
      expect(await leases.renew(lost, 600)).toBeUndefined();
      expect(await leases.release(lost)).toBe(false);
      expect(await read()).toMatchObject({ lockOwner: 'b', status: 'processing_reply' });
    });

    test('replies 29: a lock of the earlier version counts from the last change', async () => {
      const now = Date.parse('2026-11-21T10:00:00Z');
      const locked = (secondsAgo: number) => ({
        conversation_status: 'processing_reply',
        updated_at: new Date(now - secondsAgo * 1000).toISOString(),
      });
      const old = await setUp(locked(3600));
      expect(await old.take()).toMatchObject({ status: 'taken', lease: { statusBeforeLock: 'retry' } });
      const fresh = await setUp(locked(5));
      expect(await fresh.take()).toMatchObject({ status: 'busy', remainingSeconds: 595 });
    });

    test('a record without a status can be taken, and has none afterwards', async () => {
      const { taken, leases, read } = await setUp({ conversation_status: undefined });
      expect(await leases.release(await taken())).toBe(true);
      expect((await read()).item.conversation_status).toBeUndefined();
    });

    test('replies 24: release restores the status and takes the lease away; a repeated one is done', async () => {
      const { taken, leases, read } = await setUp();
      const lease = await taken();
      expect(await leases.release(lease, { remove: ['turn_attempts'] })).toBe(true);
      expect(await leases.release(lease, { remove: ['turn_attempts'] })).toBe(true);
      const { item, status } = await read();
      expect(status).toBe('template_sent');
      for (const name of [
        'lock_owner',
        'lock_expires_at',
        'status_before_lock',
        'processing_started_at',
        'turn_attempts',
      ])
        expect(item[name]).toBeUndefined();
      expect(item.lock_fence).toEqual({ N: '1' });
    });

    test('renewal prolongs it', async () => {
      const { taken, leases, take, clock } = await setUp();
      const lease = await taken();
      clock.jump(300_000);
      const renewed = await leases.renew(lease, 600);
      expect(renewed?.expiresAtSeconds).toBe(lease.expiresAtSeconds + 300);
      clock.jump(500_000);
      expect(await take('b')).toMatchObject({ status: 'busy', remainingSeconds: 100 });
    });

    test.each([
      ['hand_off_to_human', 'handed_off'],
      ['opted_out', 'opted_out'],
    ] as const)('a send is refused once %s is set, other writes are not', async (flag, result) => {
      const { taken, leases, read } = await setUp({ opted_out: undefined });
      const lease = await taken();
      const change = { set: { pending_turn: { turn_id: 't', parts: [{ text: 'a' }] } } };
      expect(await leases.update(lease, change, { unless: ['handed_off', 'opted_out'] })).toBe('written');
      expect(await leases.update(lease, { set: { [flag]: true } })).toBe('written');
      const part = { set: { 'pending_turn.parts[0].sid': 'SM9' } };
      expect(await leases.update(lease, part, { unless: ['handed_off', 'opted_out'] })).toBe(result);
      const sid = async () => (await read()).item.pending_turn?.M?.parts?.L?.[0]?.M?.sid;
      expect(await sid()).toBeUndefined();
      expect(await leases.update(lease, part)).toBe('written');
      expect(await sid()).toEqual({ S: 'SM9' });
    });

    test('a write that depends on a part is refused once the part has another sid, and tells it', async () => {
      const { taken, leases } = await setUp();
      const lease = await taken();
      const pending_turn = { turn_id: 't', message_sids: ['SM1'], parts: [{ text: 'a' }, { text: 'b' }] };
      await leases.update(lease, { set: { pending_turn } });
      const mark = (sid: string) => ({ set: { 'pending_turn.parts[1].sid': sid } });
      expect(await leases.update(lease, mark('SM9'), { part: { number: 2 } })).toBe('written');
      expect(await leases.update(lease, mark('SM8'), { part: { number: 2 } })).toEqual({ sid: 'SM9' });
      expect(await leases.update(lease, mark('SM8'), { part: { number: 2, sid: 'SM8' } })).toEqual({
        sid: 'SM9',
      });
      expect(await leases.update(lease, mark('SM9'), { part: { number: 2, sid: 'SM9' } })).toBe('written');
      expect(await leases.update(lease, mark('SM7'), { part: { number: 1 } })).toBe('written');
    });
  });
}
