import { randomUUID } from 'node:crypto';
import { PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Item, itemBytes, plainItem, storedValue } from '../../runtime/core/dynamodb-values.ts';
import type { JsonRecord } from '../../runtime/core/json.ts';
import { type AppendGuard, type AppendRequest, recordAppend } from '../../runtime/replies/append.ts';
import { dynamoConversations } from '../../runtime/replies/conversations.ts';
import type { NewEntry, UserEntry } from '../../runtime/replies/entry.ts';
import { dynamoLeases } from '../../runtime/replies/lease.ts';
import type { Conversation } from '../../runtime/replies/record.ts';
import { recordR } from '../runtime/replies/records.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

const userEntry = (sid: string, content = 'Hi'): UserEntry => ({
  role: 'user',
  messageSids: [sid],
  timestamp: '2026-11-21T10:00:00.000Z',
  content,
});

const assistantEntry = (sid: string): NewEntry => ({
  role: 'assistant',
  partSids: [sid],
  timestamp: '2026-11-21T10:00:12.000Z',
  content: 'Hello',
  usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15 },
});

/** Entries that were there before, named `old-<n>`. */
const oldEntries = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => ({
    message_id: `old-${index}`,
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: 'x'.repeat(bytes),
  }));

/** The one way in which entries come into a record, and the archive behind it (contract replies §4.8). */
export function defineAppendConformance(
  name: string,
  makeClients: MakeClients,
  takesLargeItems: boolean,
): void {
  describe(`append on ${name}`, () => {
    let clients: ConformanceClients;
    beforeAll(async () => {
      clients = await makeClients();
    });

    const setUp = async (more: JsonRecord = {}) => {
      const clock = new FakeClock({ auto: true });
      const { dynamodb, replies: tables } = clients;
      const item = recordR({ conversation_id: `c-${randomUUID()}`, ...more });
      await dynamodb.send(new PutItemCommand({ TableName: tables.conversations, Item: { ...item } }));
      const conversations = dynamoConversations(dynamodb, tables.conversations, clock);
      const leases = dynamoLeases(dynamodb, tables.conversations, clock);
      const key = { primaryChannel: '+15005550006', conversationId: String(item.conversation_id?.S) };
      const append = recordAppend({ dynamodb, tables, conversations, clock, archiveAtBytes: 102_400 });
      const read = async () => (await conversations.get(key)) as Conversation;

      /** A worker that has collected a turn. */
      const begun = async (turnId: string) => {
        const result = await leases.take({ ...key, owner: randomUUID(), lengthSeconds: 600 });
        if (result.status !== 'taken') throw new Error(result.status);
        const pending_turn = { turn_id: turnId, state: 'sent', message_sids: [turnId] };
        await leases.update(result.lease, { set: { pending_turn } });
        return { ...result, guard: { lease: result.lease, turnId } satisfies AppendGuard };
      };
      const commit = async (
        turnId: string,
        entries: readonly NewEntry[],
        before?: () => Promise<unknown>,
      ) => {
        const { guard, conversation } = await begun(turnId);
        await before?.();
        const change = { set: { conversation_status: 'reply_sent' } };
        return append({ key, conversation, guard, entries, processedSids: [turnId], change });
      };
      /** Another service appends or changes entries without asking. */
      const elsewhere = (UpdateExpression: string, value: unknown) =>
        dynamodb.send(
          new UpdateItemCommand({
            TableName: tables.conversations,
            Key: { primary_channel: { S: key.primaryChannel }, conversation_id: { S: key.conversationId } },
            UpdateExpression,
            ExpressionAttributeValues: { ':value': storedValue(value) },
          }),
        );
      const blocks = async (): Promise<readonly JsonRecord[]> => {
        const input = {
          TableName: tables.archive,
          KeyConditionExpression: 'conversation_id = :id',
          ExpressionAttributeValues: { ':id': { S: key.conversationId } },
          ConsistentRead: true,
        };
        const { Items = [] } = await dynamodb.send(new QueryCommand(input));
        for (const block of Items) expect(itemBytes(block)).toBeLessThanOrEqual(300 * 1024);
        return (Items as Item[]).map(plainItem);
      };
      /** Entry number → message id, over archive and record; each entry is whole in one place only. */
      const everywhere = async () => {
        const { entries, archivedCount } = await read();
        const archived = (await blocks()).flatMap((block) => block.entries as JsonRecord[]);
        const whole = [
          ...archived.map((entry) => [Number(entry.entry_no), String(entry.message_id)] as const),
          ...entries.flatMap((entry, at) =>
            entry.isArchived ? [] : [[archivedCount + at, String(entry.messageId)] as const],
          ),
        ].sort(([a], [b]) => a - b);
        expect(whole.map(([no]) => no)).toEqual(whole.map((_, no) => no));
        return whole.map(([, id]) => id);
      };
      return { clock, key, append, read, begun, commit, elsewhere, blocks, everywhere, leases };
    };

    test('replies 20: the commit of a turn is one write that ends the turn and its lease', async () => {
      const { commit, read } = await setUp({ message_count: 0, initial_processing_time_ms: 812 });
      expect(await commit('SM1', [userEntry('SM1'), assistantEntry('SM9')])).toEqual({
        status: 'appended',
        archivedEntries: 0,
      });
      const { entries, item, status, data, processedSids } = await read();
      expect(entries.map(({ role, content, messageId }) => [role, content, messageId])).toEqual([
        ['user', 'Hi', 'SM1'],
        ['assistant', 'Hello', 'SM9'],
      ]);
      expect(item.messages?.L?.[1]).toEqual(
        storedValue({
          message_id: 'SM9',
          timestamp: '2026-11-21T10:00:12.000Z',
          role: 'assistant',
          content: 'Hello',
          prompt_tokens: 10,
          completion_tokens: 5,
          total_tokens: 15,
          part_sids: ['SM9'],
        }),
      );
      expect(status).toBe('reply_sent');
      expect([...processedSids]).toEqual(['SM1']);
      expect(data).toMatchObject({
        message_count: 2,
        last_turn_id: 'SM1',
        last_user_message_at: '2026-11-21T10:00:00.000Z',
        last_assistant_message_sid: 'SM9',
        updated_at: '2026-11-21T10:00:00.000Z',
        initial_processing_time_ms: 812,
      });
      for (const gone of [
        'lock_owner',
        'lock_expires_at',
        'status_before_lock',
        'pending_turn',
        'turn_attempts',
      ])
        expect(item[gone]).toBeUndefined();
    });

    test('a commit whose answer was lost is known as one’s own, and done once', async () => {
      const { append, begun, read, key } = await setUp();
      const { guard, conversation } = await begun('SM1');
      const request = { key, conversation, guard, entries: [userEntry('SM1')], processedSids: ['SM1'] };
      expect(await append(request)).toMatchObject({ status: 'appended' });
      expect(await append(request)).toMatchObject({ status: 'appended' });
      expect((await read()).entries).toHaveLength(1);
    });

    test('replies 52: who lost the lease, or the turn, appends nothing', async () => {
      const { append, begun, read, key, clock, leases } = await setUp();
      const lost = await begun('SM1');
      const request = {
        key,
        conversation: lost.conversation,
        entries: [userEntry('SM1')],
        processedSids: ['SM1'],
      };
      expect(await append({ ...request, guard: { ...lost.guard, turnId: 'SM0' } })).toEqual({
        status: 'lost',
      });
      clock.jump(601_000);
      const winner = await begun('SM1');
      expect(await append({ ...request, guard: lost.guard })).toEqual({ status: 'lost' });
      expect(await append({ ...request, guard: winner.guard })).toMatchObject({ status: 'appended' });
      expect(await append({ ...request, guard: lost.guard })).toEqual({ status: 'lost' });
      expect((await read()).entries).toHaveLength(1);
      expect(await leases.update(winner.lease, { set: { x: 1 } })).toBe('lost');
    });

    const human = (sid: string): Omit<AppendRequest, 'key'> => ({
      guard: { messageSids: [sid] },
      entries: [userEntry(sid)],
      processedSids: [sid],
    });

    test('replies 62: a message beside the worker is appended once, by whoever comes first', async () => {
      const { append, read, key, begun } = await setUp();
      const { lease } = await begun('SM0');
      expect(await append({ key, ...human('SM1') })).toMatchObject({ status: 'appended' });
      expect(await append({ key, ...human('SM1') })).toEqual({ status: 'already' });
      expect(await append({ key: { ...key, conversationId: 'none' }, ...human('SM1') })).toEqual({
        status: 'missing',
      });
      expect(await read()).toMatchObject({ lockOwner: lease.owner, entries: [{ messageId: 'SM1' }] });
    });

    test('the newest 200 sids are kept, also when another adds one meanwhile', async () => {
      const sids = Array.from({ length: 200 }, (_, index) => `SM${index}`);
      const { append, read, key, elsewhere } = await setUp({ processed_sids: sids });
      const conversation = await read();
      await elsewhere('SET processed_sids = list_append(processed_sids, :value)', ['other']);
      expect(await append({ key, conversation, ...human('mine') })).toMatchObject({ status: 'appended' });
      expect([...(await read()).processedSids]).toEqual([...sids.slice(2), 'other', 'mine']);
    });

    if (takesLargeItems) {
      test.each([
        ['1,900 small entries', 1900, 165],
        ['39 of 10 KB', 39, 10_000],
      ])('replies 56: %s', async (_name, count, bytes) => {
        const { commit, read, blocks, everywhere } = await setUp({ messages: oldEntries(count, bytes) });
        const size = async () => itemBytes((await read()).item);
        expect(await size()).toBeGreaterThan(380 * 1024);
        const first = await commit('SM1', [userEntry('SM1'), assistantEntry('SM8')]);
        expect(first).toMatchObject({ status: 'appended', archivedEntries: (await read()).archivedCount });
        expect(await size()).toBeLessThan(128 * 1024);
        expect(await blocks()).toMatchObject([{ entry_no: 0, primary_channel: '+15005550006', v: 1 }]);
        await commit('SM2', [userEntry('SM2'), assistantEntry('SM9')]);
        expect(await size()).toBeLessThan(102_400);
        const old = Array.from({ length: count }, (_, index) => `old-${index}`);
        expect(await everywhere()).toEqual([...old, 'SM1', 'SM8', 'SM2', 'SM9']);
        expect((await read()).data.message_count).toBe(count + 4);
      });

      test('replies 56: the newest 50 stay, or what half of the limit holds', async () => {
        const many = await setUp({ messages: oldEntries(600, 160) });
        await many.commit('SM1', [userEntry('SM1'), assistantEntry('SM8')]);
        expect((await many.read()).entries).toHaveLength(50);
        const large = await setUp({ messages: oldEntries(11, 10_000) });
        await large.commit('SM1', [userEntry('SM1'), assistantEntry('SM8')]);
        const kept = (await large.read()).entries.map(({ messageId }) => messageId);
        expect(kept).toEqual(['old-6', 'old-7', 'old-8', 'old-9', 'old-10', 'SM1', 'SM8']);
        expect(itemBytes((await large.read()).item)).toBeLessThan(51_200 + 4096);
        expect(await large.everywhere()).toHaveLength(13);
      });

      test('replies 56: an entry that another appended between read and commit is kept', async () => {
        const { commit, elsewhere, everywhere } = await setUp({ messages: oldEntries(39, 10_000) });
        const entry = { message_id: 'human', role: 'assistant', content: 'A person says' };
        const result = await commit('SM1', [userEntry('SM1')], () =>
          elsewhere('SET messages = list_append(messages, :value)', [entry]),
        );
        expect(result).toMatchObject({ status: 'appended' });
        expect((await everywhere()).slice(-3)).toEqual(['old-38', 'human', 'SM1']);
      });

      test('replies 48: a delivery status that was noted between read and commit is kept', async () => {
        const { commit, elsewhere, read } = await setUp({ messages: oldEntries(39, 10_000) });
        const result = await commit('SM1', [userEntry('SM1')], async () => {
          await elsewhere('SET messages[38].delivery_status = :value', 'failed');
          await elsewhere('ADD entry_edits :value', 1);
        });
        expect(result).toMatchObject({ status: 'appended' });
        const kept = (await read()).data.messages as readonly JsonRecord[];
        expect(kept.at(-2)).toMatchObject({ message_id: 'old-38', delivery_status: 'failed' });
      });
    }

    test('replies 56: a 30 KB entry is whole in the archive, its beginning inline, and leaves without a copy', async () => {
      const { commit, read, blocks, everywhere } = await setUp({ messages: oldEntries(3, 100) });
      const text = `${'y'.repeat(1000)}${'z'.repeat(29_000)}`;
      await commit('SM1', [userEntry('SM1', text), assistantEntry('SM8')]);
      const { entries } = await read();
      expect(entries.map(({ isArchived }) => isArchived)).toEqual([false, false, false, true, false]);
      expect(entries[3]).toMatchObject({ messageId: 'SM1', content: 'y'.repeat(1000), messageSids: ['SM1'] });
      const [block] = await blocks();
      expect(block).toMatchObject({
        entry_no: 3,
        entries: [{ entry_no: 3, message_id: 'SM1', content: text }],
      });
      for (let turn = 2; turn <= 8; turn++)
        await commit(`T${turn}`, [userEntry(`T${turn}`, 'w'.repeat(18_000)), assistantEntry(`A${turn}`)]);
      expect((await read()).archivedCount).toBeGreaterThan(4);
      const all = await everywhere();
      expect(all.slice(0, 5)).toEqual(['old-0', 'old-1', 'old-2', 'SM1', 'SM8']);
      expect(new Set(all).size).toBe(all.length);
    });
  });
}
