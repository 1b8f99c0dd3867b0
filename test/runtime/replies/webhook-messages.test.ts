import { describe, expect, test } from 'vitest';
import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { CONVERSATION, SID, TWILIO_SECRET, USER } from './records.ts';
import { TABLES } from './tables.ts';
import { formF, recordR, TWIML, twilioEvent, webhookWorld, writesOf } from './webhook-world.ts';
import { CHANNEL_QUEUE } from './world-setup.ts';

const OTHER_SID = `SM${'0'.repeat(31)}2`;
const V1_SIGNATURE = 'YBovwRRG1hL/S5j4U8xuqfLMNkk=';

describe('a message of a known user', () => {
  test('replies 1: V1 is staged, locked and triggered', async () => {
    const world = webhookWorld();
    const request = formF();
    expect(request.headers['x-twilio-signature']).toBe(V1_SIGNATURE);
    const answer = await world.post(request);
    expect(answer).toEqual({ statusCode: 200, headers: { 'content-type': 'text/xml' }, body: TWIML });
    const now = Math.floor(world.clock.nowMillis() / 1000);
    expect(world.rows()).toEqual([
      expect.objectContaining({
        conversation_id: CONVERSATION,
        message_sid: SID,
        body: 'Hi',
        primary_channel: USER,
        route: 'channel',
        profile_name: 'Ana',
        wa_id: '15005550006',
        received_at: '2026-11-21T10:00:00.000Z',
        expires_at: now + 1_296_000,
        due_shard: 0,
        due_at: now + 70,
        v: 1,
      }),
    ]);
    expect(world.locks()).toEqual([
      { conversation_id: CONVERSATION, token: expect.any(String), expires_at: now + 70 },
    ]);
    expect(world.triggers()).toHaveLength(1);
    const [trigger] = world.triggers();
    expect(JSON.parse(trigger?.body ?? '')).toEqual({ conversation_id: CONVERSATION, primary_channel: USER });
    const sent = world.tap.details.find(({ name }) => name === 'SendMessage')?.input;
    expect(sent).toMatchObject({ QueueUrl: CHANNEL_QUEUE, DelaySeconds: 10 });
  });

  test('replies 1: with everything remembered a message costs four calls, its follower three', async () => {
    const world = webhookWorld();
    await world.post(formF());
    expect(world.tap.calls.slice(0, 2)).toEqual(['Query', 'GetSecretValue']);
    world.tap.clear();
    await world.clock.advance(71_000);
    await world.post(formF({ messageSid: OTHER_SID }));
    expect(world.tap.calls).toEqual(['Query', 'PutItem', 'PutItem', 'SendMessage']);
    world.tap.clear();
    await world.post(formF({ messageSid: `SM${'0'.repeat(31)}3` }));
    expect(world.tap.calls).toEqual(['Query', 'PutItem', 'PutItem']);
  });

  test('replies 2: a second message within the window is staged under the first trigger', async () => {
    const world = webhookWorld();
    expect((await world.post(formF())).statusCode).toBe(200);
    await world.clock.advance(2000);
    expect((await world.post(formF({ messageSid: OTHER_SID }))).statusCode).toBe(200);
    expect(world.rows().map((row) => row.message_sid)).toEqual([SID, OTHER_SID]);
    expect(world.triggers()).toHaveLength(1);
  });

  test('replies 3: a repeated sid is staged once; a processed one not at all', async () => {
    const world = webhookWorld();
    await world.post(formF());
    await world.clock.advance(3000);
    expect((await world.post(formF())).body).toBe(TWIML);
    expect(world.rows().map((row) => row.received_at)).toEqual(['2026-11-21T10:00:00.000Z']);
    expect(world.triggers()).toHaveLength(1);
    expect(world.metric('DuplicateMessage')).toBe(1);

    const processed = webhookWorld({ records: [recordR({ processed_sids: [SID] })] });
    expect((await processed.post(formF())).statusCode).toBe(200);
    expect(writesOf(processed)).toEqual([]);
    expect(processed.metric('DuplicateMessage')).toBe(1);
    expect(processed.log.lines.find(({ event }) => event === 'message_repeated')).toMatchObject({
      rule: 'duplicate_sid',
      message_sid: SID,
    });
  });

  test('replies 9: a record that the index does not show yet is found; of two the newest is taken', async () => {
    const lagging = webhookWorld({ records: [] });
    // The company is known by another conversation.
    lagging.seed(
      recordR({ primary_channel: '+15005550007', gsi_recipient_tel: '+15005550007' }),
      TABLES.conversations,
    );
    lagging.dynamodb.lagIndexes(TABLES.conversations);
    lagging.seed(recordR(), TABLES.conversations);
    expect((await lagging.post(formF())).statusCode).toBe(200);
    expect(lagging.rows()).toMatchObject([{ primary_channel: USER, conversation_id: CONVERSATION }]);

    const newer = recordR({
      conversation_id: `${CONVERSATION}-newer`,
      created_at: '2026-11-21T09:30:00.000+00:00Z',
    });
    const two = webhookWorld({ records: [newer, recordR()] });
    const before = two.record();
    await two.post(formF());
    expect(two.rows()).toMatchObject([{ conversation_id: `${CONVERSATION}-newer` }]);
    expect(two.record()).toEqual(before);
  });

  test('replies 11: while a worker is busy the message is staged and triggered, and the user told nothing', async () => {
    const now = Date.parse('2026-11-21T10:00:00Z') / 1000;
    const lease = { conversation_status: 'processing_reply', lock_owner: 'w', lock_expires_at: now + 300 };
    const world = webhookWorld({ records: [recordR(lease)] });
    const answer = await world.post(formF());
    expect(answer).toMatchObject({ statusCode: 200, body: TWIML });
    expect(world.rows()).toHaveLength(1);
    expect(world.triggers()).toHaveLength(1);
    expect(world.twilio.messages).toEqual([]);
  });

  test('replies 19: a lock whose time is over is replaced', async () => {
    const world = webhookWorld();
    const now = Math.floor(world.clock.nowMillis() / 1000);
    world.seed({ conversation_id: CONVERSATION, token: 'old', expires_at: now }, TABLES.triggerLock);
    expect((await world.post(formF())).statusCode).toBe(200);
    expect(world.locks()).toMatchObject([{ expires_at: now + 70 }]);
    expect(world.locks()[0]?.token).not.toBe('old');
    expect(world.triggers()).toHaveLength(1);
  });

  test('replies 5: a medium without text is taken, and its form is signed with the blank body', async () => {
    const media = [
      {
        url: 'https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/MM1/Media/ME1',
        contentType: 'image/jpeg',
      },
    ];
    const v2 = formF({ text: '', media, fields: { ProfileName: 'Zoë' } });
    const world = webhookWorld();
    expect((await world.post(v2)).statusCode).toBe(200);
    expect(world.rows()).toMatchObject([
      { body: '', media: [{ content_type: 'image/jpeg', ref: media[0]?.url }], profile_name: 'Zoë' },
    ]);

    const without = webhookWorld();
    const body = v2.body.replace(/(^|&)Body=(?=&|$)/, '');
    expect(body).not.toBe(v2.body);
    expect((await without.post({ ...v2, body })).statusCode).toBe(403);
    expect(writesOf(without)).toEqual([]);
  });

  test('replies 6: base64 bodies, query strings and other hosts are verified by the public address', async () => {
    const base64 = webhookWorld();
    expect((await base64.post(formF(), { base64: true })).statusCode).toBe(200);
    expect(base64.rows()).toHaveLength(1);

    const queried = webhookWorld();
    const request = formF({ url: `${TWILIO_TEST.url}?a=1&b=2` });
    expect(request.headers['x-twilio-signature']).toBe('LBqfAEsOGkFMQfsXklliuoVX4yo=');
    expect((await queried.post(request)).statusCode).toBe(200);
    expect(queried.rows()).toHaveLength(1);

    const host = { host: 'internal.example.net' };
    const behind = webhookWorld({ variables: { PUBLIC_WEBHOOK_URL: TWILIO_TEST.url } });
    expect((await behind.post(formF(), host)).statusCode).toBe(200);
    expect(behind.triggers()).toHaveLength(1);
    expect((await webhookWorld().post(formF(), host)).statusCode).toBe(403);
  });

  test('the time of the gateway is the time of receipt', async () => {
    const world = webhookWorld();
    const event = twilioEvent(formF());
    const requestTimeEpoch = Date.parse('2026-11-21T09:59:58.765Z');
    const context = { ...event.requestContext, requestTimeEpoch };
    await world.handle(
      { ...event, requestContext: context },
      { awsRequestId: 'r', getRemainingTimeInMillis: () => 9000 },
    );
    expect(world.rows()).toMatchObject([{ received_at: '2026-11-21T09:59:58.765Z' }]);
    expect(world.secretsManager.secrets.has(TWILIO_SECRET)).toBe(true);
  });
});
