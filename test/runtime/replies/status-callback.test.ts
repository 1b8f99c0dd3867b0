import { describe, expect, test } from 'vitest';
import {
  TWILIO_TEST,
  type TwilioWebhook,
  twilioSignature,
  twilioStatusWebhook,
} from '../../../local/recordings/twilio.ts';
import { CONVERSATION, USER } from './records.ts';
import { TABLES } from './tables.ts';
import {
  breakCalls,
  isCall,
  killAfter,
  recordR,
  type WebhookWorld,
  webhookWorld,
  writesOf,
} from './webhook-world.ts';

const STATUS_URL = 'https://api.example.com/dev/whatsapp/status';
const SENT_SID = `SM${'0'.repeat(31)}9`;

/** V3: a part of ours could not be delivered, since the window is closed. */
function v3(): TwilioWebhook {
  const url = `${STATUS_URL}?turn=t1&part=1`;
  const fields = [
    ['AccountSid', TWILIO_TEST.accountSid],
    ['ErrorCode', '63016'],
    ['From', 'whatsapp:+15005550001'],
    ['MessageSid', SENT_SID],
    ['MessageStatus', 'failed'],
    ['To', 'whatsapp:+15005550006'],
  ] as const;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': twilioSignature(TWILIO_TEST.authToken, url, fields),
  };
  const ids = { chatId: USER, eventId: SENT_SID, text: '' };
  return { ...ids, url, headers, body: new URLSearchParams(fields.map(([...pair]) => pair)).toString() };
}

const status = (word: string, more: { errorCode?: number; messageSid?: string; url?: string } = {}) =>
  twilioStatusWebhook({ url: `${STATUS_URL}?turn=t1&part=1`, messageSid: SENT_SID, status: word, ...more });

const user = (content: string, sid: string) => ({
  role: 'user',
  message_id: sid,
  message_sids: [sid],
  content,
});
const reply = (sid: string, more: object = {}) => ({
  role: 'assistant',
  message_id: sid,
  part_sids: [sid],
  content: `reply ${sid}`,
  turn_id: 't1',
  ...more,
});

const REPLIED = recordR({
  conversation_status: 'reply_sent',
  messages: [user('a', 'SMa'), reply('SMb'), user('c', 'SMc'), reply(SENT_SID)],
});

const messagesOf = (world: WebhookWorld) => world.record().messages as Record<string, unknown>[];

const FAILED = { delivery_status: 'failed', error_code: '63016' };

describe('status callbacks', () => {
  test('replies 48: a failure is noted once, calls one person, and never gets better again', async () => {
    const world = webhookWorld({ records: [REPLIED] });
    const request = v3();
    expect(request.headers['x-twilio-signature']).toBe('nhtSf6fPwhLHE/5lhBYfIzdECFM=');
    expect(await world.post(request)).toEqual({ statusCode: 204, headers: {}, body: '' });
    expect(messagesOf(world)[3]).toMatchObject(FAILED);
    expect(world.record()).toMatchObject({ conversation_status: 'window_closed' });
    expect(world.record().hand_off_to_human).toBe(false);
    expect(world.humanMessages()).toMatchObject([
      {
        conversation_id: CONVERSATION,
        message_sids: [SENT_SID],
        handoff_reason: 'Twilio could not deliver the reply: code 63016',
        draft_reply: `reply ${SENT_SID}`,
      },
    ]);
    const after = world.record();
    expect((await world.post(request)).statusCode).toBe(204);
    expect((await world.post(status('sent'))).statusCode).toBe(204);
    const forged = { ...request, headers: { ...request.headers, 'x-twilio-signature': 'bm90IGl0' } };
    expect((await world.post(forged)).statusCode).toBe(403);
    expect(world.record()).toEqual(after);
    expect(world.humanMessages()).toHaveLength(1);
    expect(world.metric('Handoffs')).toBe(1);
    expect(world.log.lines.find(({ event }) => event === 'delivery_failed')).toMatchObject({
      rule: 'window_closed',
      message_sid: SENT_SID,
      turn_id: 't1',
    });
    expect(world.log.text).not.toMatch(/15005550006|15005550001|reply SM/);
  });

  test('replies 48: while a commit archives older entries, the status goes to its own entry and no other', async () => {
    const world = webhookWorld({ records: [REPLIED] });
    world.tap.before = (call) => {
      if (!isCall(call, 'UpdateItem')) return;
      world.tap.before = undefined;
      const kept = [user('c', 'SMc'), reply(SENT_SID), user('d', 'SMd'), reply('SMe')];
      world.seed(
        recordR({ conversation_status: 'reply_sent', archived_count: 2, messages: kept }),
        TABLES.conversations,
      );
    };
    expect((await world.post(v3())).statusCode).toBe(204);
    expect(messagesOf(world).map(({ delivery_status }) => delivery_status)).toEqual([
      undefined,
      'failed',
      undefined,
      undefined,
    ]);
    expect(world.humanMessages()).toHaveLength(1);
    // Whoever writes the list anew sees that an entry was changed.
    expect(world.record().entry_edits).toBe(1);
  });

  test('replies 48: an entry that went to the archive meanwhile is only counted', async () => {
    const world = webhookWorld({ records: [REPLIED] });
    world.tap.before = (call) => {
      if (isCall(call, 'UpdateItem')) world.seed(recordR({ archived_count: 4 }), TABLES.conversations);
    };
    expect((await world.post(status('delivered'))).statusCode).toBe(204);
    expect(messagesOf(world)).toEqual([]);
    expect(world.metric('ArchivedEntryStatus')).toBe(1);
  });

  test('replies 49: a callback that comes before our sid is stored brings the sid', async () => {
    const pending = {
      turn_id: 't1',
      state: 'sending',
      message_sids: ['SMa'],
      combined_body: 'Hi',
      parts: [{ text: 'Hello', send_started_at: '2026-11-21T10:00:00.000Z' }],
      created_at: '2026-11-21T10:00:00.000Z',
      v: 1,
    };
    const lease = { conversation_status: 'processing_reply', lock_owner: 'w', lock_fence: 3 };
    const world = webhookWorld({ records: [recordR({ ...lease, pending_turn: pending })] });
    expect((await world.post(status('sent'))).statusCode).toBe(204);
    const part = { ...pending.parts[0], sid: SENT_SID, delivery_status: 'sent' };
    expect(world.record()).toMatchObject({ ...lease, pending_turn: { ...pending, parts: [part] } });
    // Another message with the same mark (a repetition) takes nothing away.
    expect((await world.post(status('delivered', { messageSid: 'SMother' }))).statusCode).toBe(204);
    expect(world.record().pending_turn).toEqual({ ...pending, parts: [part] });
    expect((await world.post(status('delivered'))).statusCode).toBe(204);
    expect(world.record().pending_turn).toMatchObject({
      parts: [{ sid: SENT_SID, delivery_status: 'delivered' }],
    });
  });

  test('replies 49: one that comes while the sid is being stored finds the committed entry', async () => {
    const pending = { turn_id: 't1', state: 'sending', message_sids: ['SMa'], parts: [{ text: 'Hello' }] };
    const world = webhookWorld({ records: [recordR({ pending_turn: pending })] });
    world.tap.before = (call) => {
      if (!isCall(call, 'UpdateItem')) return;
      world.tap.before = undefined;
      world.seed(REPLIED, TABLES.conversations);
    };
    await world.post(status('delivered'));
    expect(messagesOf(world)[3]).toMatchObject({ delivery_status: 'delivered' });
    expect(world.record().pending_turn).toBeUndefined();
  });

  test('a message of an older conversation of the same pair is found there', async () => {
    const newer = recordR({
      conversation_id: `${CONVERSATION}-newer`,
      created_at: '2026-11-21T09:59:00.000Z',
    });
    const world = webhookWorld({ records: [newer, REPLIED] });
    expect((await world.post(v3())).statusCode).toBe(204);
    expect(messagesOf(world)[3]).toMatchObject(FAILED);
    expect(world.humanMessages()).toMatchObject([{ conversation_id: CONVERSATION }]);
    expect(world.record(`${CONVERSATION}-newer`)).toEqual(newer);
  });

  test('statuses rise in whatever order they come', async () => {
    const world = webhookWorld({ records: [REPLIED] });
    for (const [word, known] of [
      ['sending', 'sending'],
      ['delivered', 'delivered'],
      ['sent', 'delivered'],
      ['read', 'read'],
      ['delivered', 'read'],
    ] as const) {
      expect((await world.post(status(word))).statusCode).toBe(204);
      expect(messagesOf(world)[3]?.delivery_status).toBe(known);
    }
    expect(world.humanMessages()).toEqual([]);
  });

  test.each([
    [63024, 'permanent:63024', 'WARN'],
    [63038, 'hold:63038', 'CRITICAL'],
    [63018, 'hand_off', 'WARN'],
    [12345, 'hand_off', 'WARN'],
  ])('code %i goes to a person', async (errorCode, rule, level) => {
    const world = webhookWorld({ records: [REPLIED] });
    await world.post(status('undelivered', { errorCode }));
    expect(world.record()).toMatchObject({
      conversation_status: 'handoff_required',
      hand_off_to_human: true,
      hand_off_to_human_reason: `Twilio could not deliver the reply: code ${errorCode}`,
      failure_reason: `Twilio could not deliver the reply: code ${errorCode}`,
    });
    expect(world.humanMessages()).toHaveLength(1);
    expect(world.log.lines.find(({ event }) => event === 'delivery_failed')).toMatchObject({ rule, level });
  });

  test('the status of a record that a worker holds is its lock and stays', async () => {
    const held = { ...REPLIED, conversation_status: 'processing_reply', lock_owner: 'w', lock_fence: 2 };
    const world = webhookWorld({ records: [held] });
    await world.post(status('failed', { errorCode: 63024 }));
    expect(world.record()).toMatchObject({
      conversation_status: 'processing_reply',
      hand_off_to_human: true,
    });

    // Taken between our read and our write.
    const taken = webhookWorld({ records: [REPLIED] });
    taken.tap.before = (call) => {
      if (!isCall(call, 'UpdateItem')) return;
      taken.tap.before = undefined;
      taken.seed(held, TABLES.conversations);
    };
    await taken.post(v3());
    expect(taken.record()).toMatchObject({ conversation_status: 'processing_reply', lock_owner: 'w' });
    expect(messagesOf(taken)[3]).toMatchObject(FAILED);
    expect(taken.humanMessages()).toHaveLength(1);
  });

  test('a process that dies after the person was told tells again, rather than never', async () => {
    const world = webhookWorld({ records: [REPLIED] });
    await killAfter(world, 'SendMessage', () => world.post(v3()));
    expect(messagesOf(world)[3]).not.toHaveProperty('delivery_status');
    await world.post(v3());
    expect(world.humanMessages().map(({ message_sids }) => message_sids)).toEqual([[SENT_SID], [SENT_SID]]);
    expect(messagesOf(world)[3]).toMatchObject(FAILED);
  });

  test('an unknown sid, a missing field and a database that fails', async () => {
    const world = webhookWorld({ records: [REPLIED] });
    expect((await world.post(status('sent', { messageSid: 'SMunknown' }))).statusCode).toBe(204);
    expect(writesOf(world)).toEqual([]);
    expect(world.metric('ArchivedEntryStatus')).toBe(1);
    const { body, ...rest } = status('sent');
    expect((await world.post({ ...rest, body: body.replace('MessageStatus', 'Other') })).statusCode).toBe(
      400,
    );
    breakCalls(world, 'UpdateItem', { name: 'ThrottlingException', status: 400 });
    expect((await world.post(status('sent'))).statusCode).toBe(503);
    expect(messagesOf(world)[3]).not.toHaveProperty('delivery_status');
  });

  test('the public address of the status path is signed, the given one or the one beside the webhook', async () => {
    const host = { host: 'internal.example.net' };
    const beside = webhookWorld({ records: [REPLIED], variables: { PUBLIC_WEBHOOK_URL: TWILIO_TEST.url } });
    expect((await beside.post(v3(), host)).statusCode).toBe(204);
    const own = { STATUS_CALLBACK_URL: 'https://status.example.com/cb/whatsapp/status' };
    const given = webhookWorld({ records: [REPLIED], variables: own });
    const url = `${own.STATUS_CALLBACK_URL}?turn=t1&part=1`;
    expect((await given.post(status('sent', { url }), host)).statusCode).toBe(204);
    expect((await given.post(status('sent'))).statusCode).toBe(403);
  });
});
