import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { dynamoConversations } from '../../runtime/replies/conversations.ts';
import { recordR } from '../runtime/replies/records.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

/** Which conversation a message belongs to (contract replies §3.1). */
export function defineConversationsConformance(name: string, makeClients: MakeClients): void {
  describe(`conversations on ${name}`, () => {
    let clients: ConformanceClients;
    let numbers = 0;
    beforeAll(async () => {
      clients = await makeClients();
    });
    const setUp = async (...records: object[]) => {
      const clock = new FakeClock({ auto: true });
      const table = clients.replies.conversations;
      numbers += 1;
      const company = `+1500556${String(numbers).padStart(4, '0')}`;
      const user = `+1500557${String(numbers).padStart(4, '0')}`;
      const put = async (more: object) => {
        const item = recordR({
          primary_channel: user,
          conversation_id: `c-${randomUUID()}`,
          gsi_company_whatsapp_number: company,
          gsi_recipient_tel: user,
          ...more,
        });
        await clients.dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...item } }));
      };
      for (const more of records) await put(more);
      return {
        clock,
        company,
        user,
        put,
        conversations: dynamoConversations(clients.dynamodb, table, clock),
      };
    };

    test('a company’s number leads to its secret; an unknown one is asked for again after a minute', async () => {
      const { conversations, company, put, clock } = await setUp();
      expect(await conversations.credentials(company)).toEqual({ status: 'unknown' });
      await put({});
      clock.jump(59_000);
      expect(await conversations.credentials(company)).toEqual({ status: 'unknown' });
      clock.jump(1000);
      const known = { status: 'known', reference: 'twilio-credentials-whatsapp' };
      expect(await conversations.credentials(company)).toEqual(known);
    });

    test('a record without a secret is known, and has none; a prefixed number is found too', async () => {
      const bare = await setUp({ channel_config: {} });
      expect(await bare.conversations.credentials(bare.company)).toEqual({
        status: 'known',
        reference: undefined,
      });
      const nested = await setUp();
      const channel_config = { whatsapp: { whatsapp_credentials_id: 'other' } };
      await nested.put({ gsi_company_whatsapp_number: `whatsapp:${nested.company}`, channel_config });
      expect(await nested.conversations.credentials(nested.company)).toEqual({
        status: 'known',
        reference: 'other',
      });
    });

    const active = (conversation_id: string, created_at: string, more = {}) => ({
      conversation_id,
      created_at,
      ...more,
    });

    test('replies 9: of several the newest with an active project, and rather one that has not failed', async () => {
      const { conversations, company, user } = await setUp(
        active('a', '2026-11-20T10:00:00+00:00Z'),
        active('b', '2026-11-21T09:00:00.000+00:00Z'),
        active('c', '2026-11-21T08:00:00Z'),
        active('d', '2026-11-21T10:00:00Z', { conversation_status: 'failed_send' }),
        active('e', '2026-11-21T11:00:00Z', { project_status: 'inactive' }),
      );
      expect((await conversations.find(company, user))?.conversationId).toBe('b');
    });

    test('replies 10: a pair with an inactive project alone is found, and said to be inactive', async () => {
      const { conversations, company, user } = await setUp({ project_status: 'inactive' });
      expect(await conversations.find(company, user)).toMatchObject({ isProjectActive: false });
    });

    test('replies 9: a record that is not in the index is found in the table', async () => {
      const { conversations, company, user, put } = await setUp();
      await put({ gsi_recipient_tel: undefined });
      expect((await conversations.find(company, user))?.userAddress).toBe(user);
      expect(await conversations.find('+15005550099', user)).toBeUndefined();
    });

    test('replies 21: a prefixed key and prefixed copies are found by plain numbers', async () => {
      const { conversations, company, user, put } = await setUp();
      const prefixed = `whatsapp:${user}`;
      await put({ primary_channel: prefixed, gsi_recipient_tel: prefixed });
      const found = await conversations.find(company, user);
      expect(found).toMatchObject({ key: { primaryChannel: prefixed }, userAddress: user });
      const key = { primaryChannel: user, conversationId: found?.conversationId ?? '' };
      expect((await conversations.get(key))?.key.primaryChannel).toBe(prefixed);
      expect(await conversations.get({ ...key, conversationId: 'none' })).toBeUndefined();
    });
  });
}
