import { describe, expect, test } from 'vitest';
import { TWILIO_TEST, twilioStatusWebhook } from '../../../local/recordings/twilio.ts';
import { lambdaContext } from '../../support/events.ts';
import { awsError } from '../../support/tap.ts';
import { COMPANY, SID } from './records.ts';
import { TABLES } from './tables.ts';
import { breakCalls, formF, recordR, sweepFor, type WebhookWorld, webhookWorld } from './webhook-world.ts';

const refusal = ({ log }: WebhookWorld) => log.lines.findLast(({ event }) => event === 'webhook_refused');

test('a record that names no credentials is not remembered: once it is mended, messages are taken at once', async () => {
  const world = webhookWorld({ records: [recordR({ channel_config: {} })] });
  expect((await world.post(formF())).statusCode).toBe(503);
  world.seed(recordR(), TABLES.conversations);
  expect((await world.post(formF())).statusCode).toBe(200);
  expect(world.rows()).toHaveLength(1);
  // Now it is remembered.
  world.tap.clear();
  await world.post(formF());
  const lookUps = world.tap.details.filter(({ input }) => input.ProjectionExpression === 'channel_config');
  expect(lookUps).toEqual([]);
});

test('a record that others change all the time is a passing fault, no bug', async () => {
  const world = webhookWorld({ records: [recordR({ auto_queue_reply_message: true })] });
  world.tap.before = ({ name, input }) => {
    if (name !== 'UpdateItem' || input.TableName !== TABLES.conversations) return;
    throw awsError('ConditionalCheckFailedException', 400);
  };
  expect((await world.post(formF())).statusCode).toBe(503);
  expect(refusal(world)).toMatchObject({ level: 'ERROR', rule: 'transient:APPEND_CONFLICT' });
});

test.each([
  ['a queue message', { Records: [{ body: 'a user text' }] }],
  ['a text', 'a user text'],
  ['nothing', null],
])('%s in place of a request is a 400 with its line, without its content', async (_, event) => {
  const world = webhookWorld();
  expect(await world.handle(event, lambdaContext())).toEqual({ statusCode: 400, headers: {}, body: '' });
  expect(refusal(world)).toMatchObject({ level: 'WARN', rule: 'permanent:PARSING_ERROR', status: 400 });
  expect(world.log.lines.at(-1)).toMatchObject({ event: 'webhook_answered', status: 400 });
  expect(world.log.text).not.toContain('user text');
});

describe('what anybody may write into a form', () => {
  test.each(['15005550042', 'SM15005550042', `SM${'g'.repeat(32)}`, 'x\n{"level":"CRITICAL"}', `${SID}0`])(
    'the sid %j stands in no log line',
    async (MessageSid) => {
      for (const url of [TWILIO_TEST.url, `${TWILIO_TEST.url}/status`]) {
        const world = webhookWorld();
        const fields = { MessageSid, MessageStatus: 'sent' };
        expect((await world.post(formF({ url, fields, authToken: 'not-ours' }))).statusCode).toBe(403);
        expect(refusal(world)?.message_sid).toBe('malformed');
      }
    },
  );

  test.each(['To', 'From'])('%s of 3,000 digits is refused before anything is asked', async (name) => {
    for (const url of [TWILIO_TEST.url, `${TWILIO_TEST.url}/status`]) {
      const world = webhookWorld();
      const fields = { MessageStatus: 'sent', [name]: `whatsapp:+${'1'.repeat(3000)}` };
      expect((await world.post(formF({ url, fields }))).statusCode).toBe(400);
      expect(world.tap.calls).toEqual([]);
      expect(refusal(world)).toMatchObject({ rule: 'permanent:PARSING_ERROR' });
      expect(refusal(world)?.error).toContain('longer than any address');
    }
  });

  test('the longest scoped id of WhatsApp is an address', async () => {
    const scoped = `US.${'a1'.repeat(64)}`;
    const world = webhookWorld({
      records: [recordR({ primary_channel: scoped, gsi_recipient_tel: scoped })],
    });
    expect((await world.post(formF({ from: scoped }))).statusCode).toBe(200);
    expect(world.rows()).toMatchObject([{ primary_channel: scoped }]);
    expect((await world.post(formF({ from: `${scoped}a` }))).statusCode).toBe(400);
    expect((await world.post(formF({ to: COMPANY }))).statusCode).toBe(200);
  });
});

test.each([
  ['refused for good', 'ValidationException'],
  ['throttled for hours', 'ThrottlingException'],
])('replies 62: while the entry is %s, a person is told twice and no more', async (_, name) => {
  const world = webhookWorld({ records: [recordR({ auto_queue_reply_message: true })] });
  breakCalls(world, 'UpdateItem', { name, status: 400, table: TABLES.conversations });
  expect((await world.post(formF())).statusCode).toBe(503);
  await sweepFor(world, 300);
  await world.post(formF());
  expect(world.humanMessages()).toHaveLength(2);
  expect(world.rows()).toHaveLength(1);
  world.tap.before = undefined;
  await sweepFor(world, 61);
  expect(world.record().messages).toMatchObject([{ role: 'user', message_id: SID }]);
  expect([world.rows(), world.humanMessages().length]).toEqual([[], 2]);
});

test('replies 62: a person who could not be told is told once the queue takes it', async () => {
  const world = webhookWorld({ records: [recordR({ auto_queue_reply_message: true })] });
  breakCalls(world, 'SendMessage', { name: 'ServiceUnavailable', status: 503 });
  await world.post(formF());
  await sweepFor(world, 10);
  world.tap.before = undefined;
  await sweepFor(world, 61);
  expect([world.rows(), world.humanMessages().length]).toEqual([[], 1]);
});

test('replies 48: of several conversations that the index shows as they were, the one with the message is found', async () => {
  const others = [1, 2].map((number) =>
    recordR({ conversation_id: `other-${number}`, created_at: `2026-11-2${number}T12:00:00.000Z` }),
  );
  const world = webhookWorld({ records: [recordR(), ...others] });
  world.dynamodb.lagIndexes(TABLES.conversations);
  const reply = { role: 'assistant', message_id: SID, part_sids: [SID], content: 'Hello', turn_id: 't' };
  world.seed(recordR({ messages: [reply] }), TABLES.conversations);
  const url = `${TWILIO_TEST.url}/status?turn=t&part=1`;
  const callback = twilioStatusWebhook({ url, messageSid: SID, status: 'delivered' });
  expect((await world.post(callback)).statusCode).toBe(204);
  expect(world.record().messages).toMatchObject([{ delivery_status: 'delivered' }]);
  expect(world.metric('ArchivedEntryStatus')).toBe(0);
});
