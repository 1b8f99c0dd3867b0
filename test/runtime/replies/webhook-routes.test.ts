import { describe, expect, test } from 'vitest';
import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { wishOf } from '../../../runtime/replies/stop-words.ts';
import { CONVERSATION, SID, USER } from './records.ts';
import { TABLES } from './tables.ts';
import {
  breakCalls,
  formF,
  killAfter,
  recordR,
  sweepFor,
  TWIML,
  type WebhookWorld,
  webhookWorld,
} from './webhook-world.ts';

const sid = (number: number) => `SM${String(number).padStart(32, '0')}`;

const messagesOf = (world: WebhookWorld) => world.record().messages as Record<string, unknown>[];

const linesOf = ({ log }: WebhookWorld, event: string) => log.lines.filter((line) => line.event === event);

describe('the human route', () => {
  const listed = { auto_queue_reply_message_from_number: ['whatsapp:+1 500 555 0006'] };
  const numbers = { message_count: 0, project_data: { seats: 3, price: 1.5 }, task_complete: 1 };

  test.each([
    ['auto_queue_reply_message', { auto_queue_reply_message: true, ...numbers }],
    ['hand_off_to_human', { hand_off_to_human: true }],
    ['auto_queue_reply_message_from_number', listed],
  ])('replies 12: %s sends the message to a person', async (reason, change) => {
    const world = webhookWorld({ records: [recordR(change)] });
    expect((await world.post(formF())).body).toBe(TWIML);
    expect(world.humanMessages()).toEqual([
      {
        conversation_id: CONVERSATION,
        primary_channel: USER,
        channel_type: 'whatsapp',
        message_sids: [SID],
        received_at: '2026-11-21T10:00:00.000Z',
        sender_id: USER,
        recipient_id: TWILIO_TEST.companyNumber,
        body: 'Hi',
        handoff_reason: reason,
        company_id: 'ci-t-001',
        project_id: 'pi-t-001',
        thread_id: null,
        v: 1,
      },
    ]);
    expect(messagesOf(world)).toMatchObject([
      { role: 'user', content: 'Hi', message_id: SID, message_sids: [SID] },
    ]);
    expect(world.record()).toMatchObject({ processed_sids: [SID], conversation_status: 'template_sent' });
    expect(world.rows()).toEqual([]);
    expect(world.locks()).toEqual([]);
    expect(world.triggers()).toEqual([]);
    expect(world.metric('Handoffs')).toBe(1);
    expect(linesOf(world, 'message_recorded')).toMatchObject([{ rule: 'human_route', message_sid: SID }]);
  });

  test('replies 12: lists that are null mean nobody', async () => {
    const nulls = { auto_queue_reply_message_from_number: null, auto_queue_reply_message_from_email: null };
    const world = webhookWorld({ records: [recordR(nulls)] });
    await world.post(formF());
    expect(world.humanMessages()).toEqual([]);
    expect(world.rows()).toMatchObject([{ route: 'channel' }]);
    expect(world.triggers()).toHaveLength(1);
  });

  test('a row that fails again and again is tried ever more rarely', async () => {
    const world = webhookWorld({ records: [recordR({ hand_off_to_human: true })] });
    breakCalls(world, 'UpdateItem', {
      name: 'ValidationException',
      status: 400,
      table: TABLES.conversations,
    });
    expect((await world.post(formF())).statusCode).toBe(503);
    await sweepFor(world, 120);
    // Once by the webhook; then with pauses of 1, 2, 4 … 60 minutes.
    expect(world.humanMessages().length).toBeLessThanOrEqual(8);
    world.tap.before = undefined;
    await sweepFor(world, 61);
    expect(messagesOf(world)).toHaveLength(1);
    expect(world.rows()).toEqual([]);
  });
});

describe('stop words', () => {
  test('replies 13: a user stops, is not answered, and starts again', async () => {
    const world = webhookWorld();
    expect((await world.post(formF({ text: ' stop ', messageSid: sid(1) }))).body).toBe(TWIML);
    expect(world.record()).toMatchObject({ opted_out: true, opted_out_at: '2026-11-21T10:00:00.000Z' });
    expect(world.twilio.messages).toMatchObject([
      {
        from: `whatsapp:${TWILIO_TEST.companyNumber}`,
        to: `whatsapp:${USER}`,
        body: expect.stringContaining('START'),
      },
    ]);
    await world.clock.advance(2000);
    expect((await world.post(formF({ text: 'hello', messageSid: sid(2) }))).body).toBe(TWIML);
    expect(world.record().opted_out).toBe(true);
    await world.clock.advance(2000);
    expect((await world.post(formF({ text: 'START', messageSid: sid(3) }))).body).toBe(TWIML);
    expect(world.record().opted_out).toBe(false);
    expect(messagesOf(world).map(({ role, content }) => [role, content])).toEqual([
      ['user', ' stop '],
      ['user', 'hello'],
      ['user', 'START'],
    ]);
    expect(world.twilio.messages).toHaveLength(1);
    expect(world.rows()).toEqual([]);
    expect(world.triggers()).toEqual([]);
    expect(world.humanMessages()).toEqual([]);
    expect(world.metric('OptOuts')).toBe(1);
    expect(linesOf(world, 'message_recorded').map(({ rule }) => rule)).toEqual(Array(3).fill('opted_out'));
    await world.post(formF({ text: 'and now?', messageSid: sid(4) }));
    expect(world.triggers()).toHaveLength(1);
  });

  test('replies 13: what Twilio has answered is not confirmed again', async () => {
    const world = webhookWorld();
    await world.post(formF({ text: 'arrêt', fields: { OptOutType: 'STOP' } }));
    expect(world.record().opted_out).toBe(true);
    expect(world.twilio.messages).toEqual([]);
    await world.post(formF({ text: 'oui', messageSid: sid(7), fields: { OptOutType: 'START' } }));
    expect(world.record().opted_out).toBe(false);
    const help = formF({ text: 'aide', messageSid: sid(8), fields: { OptOutType: 'HELP' } });
    await world.post(help);
    expect(world.record().opted_out).toBe(false);
    expect(messagesOf(world)).toHaveLength(3);
    expect(world.triggers()).toEqual([]);
  });

  test('replies 13: a confirmation that fails is not repeated, and the message is taken', async () => {
    const world = webhookWorld();
    world.twilio.fail({ kind: 'broken', platformObject: true, times: 10 });
    expect((await world.post(formF({ text: 'Stop' }))).statusCode).toBe(200);
    expect(linesOf(world, 'notice_failed')).toMatchObject([
      { level: 'WARN', notice: 'opt_out_confirmation' },
    ]);
    world.twilio.repair();
    expect((await world.post(formF({ text: 'Stop' }))).statusCode).toBe(200);
    await sweepFor(world, 5);
    expect(world.twilio.messages).toEqual([]);
    expect(world.twilio.calls).toHaveLength(1);
    expect(world.record().opted_out).toBe(true);
  });

  test('a STOP comes before the hand-off; one who has stopped is told nothing again', async () => {
    const world = webhookWorld({ records: [recordR({ hand_off_to_human: true })] });
    await world.post(formF({ text: 'STOP' }));
    await world.post(formF({ text: 'STOP', messageSid: sid(2) }));
    expect(world.record().opted_out).toBe(true);
    expect(world.humanMessages()).toEqual([]);
    expect(world.twilio.messages).toHaveLength(1);
  });

  test('a START that was delayed does not undo a STOP said after it', async () => {
    const world = webhookWorld({ records: [recordR({ opted_out: true })] });
    const start = formF({ text: 'START' });
    await killAfter(world, 'PutItem', () => world.post(start), { table: TABLES.stage });
    await world.clock.advance(5000);
    await world.post(formF({ text: 'STOP', messageSid: sid(2) }));
    await sweepFor(world, 3);
    expect(world.record()).toMatchObject({ opted_out: true, opted_out_at: '2026-11-21T10:00:05.000Z' });
    expect(messagesOf(world)).toHaveLength(2);
    expect(world.rows()).toEqual([]);
  });

  test('words are configurable; only a word that stands alone counts', async () => {
    const words = { out: ['STOP', 'BASTA'], in: ['START', 'YES'] };
    expect(wishOf({ body: 'basta\n' }, false, words)).toBe('out');
    expect(wishOf({ body: 'please stop' }, false, words)).toBeUndefined();
    expect(wishOf({ body: 'yes' }, false, words)).toBeUndefined();
    expect(wishOf({ body: 'yes' }, true, words)).toBe('in');
    expect(wishOf({ body: 'help' }, true, words)).toBeUndefined();
    const world = webhookWorld({ variables: { STOP_WORDS: 'basta' } });
    await world.post(formF({ text: 'STOP' }));
    expect(world.record().opted_out).toBeUndefined();
    await world.post(formF({ text: 'Basta', messageSid: sid(2) }));
    expect(world.record().opted_out).toBe(true);
  });
});

describe('replies 62: a route whose process died is finished', () => {
  const HUMAN = { record: { hand_off_to_human: true }, text: 'Hi' };
  const OPTED_OUT = { record: { opted_out: true }, text: 'hello' };
  const deaths = [
    ['human', HUMAN, 'row staged', 'PutItem', TABLES.stage, 1],
    ['human', HUMAN, 'human message sent', 'SendMessage', undefined, 2],
    ['human', HUMAN, 'entry appended', 'UpdateItem', TABLES.conversations, 1],
    ['opted_out', OPTED_OUT, 'row staged', 'PutItem', TABLES.stage, 0],
    ['opted_out', OPTED_OUT, 'entry appended', 'UpdateItem', TABLES.conversations, 0],
  ] as const;

  for (const [route, { record, text }, what, operation, table, told] of deaths)
    for (const by of ['the sweeper', 'a repeat of the webhook'] as const)
      test(`replies 62: ${route}, ${what}, then ${by}`, async () => {
        const world = webhookWorld({ records: [recordR(record)] });
        const request = formF({ text });
        await killAfter(world, operation, () => world.post(request), { ...(table && { table }) });
        expect(world.rows()).toMatchObject([{ route }]);
        if (by === 'a repeat of the webhook') {
          await world.clock.advance(5000);
          expect((await world.post(request)).statusCode).toBe(200);
        }
        await sweepFor(world, 3);
        expect(world.rows()).toEqual([]);
        expect(messagesOf(world)).toMatchObject([
          { role: 'user', content: text, timestamp: '2026-11-21T10:00:00.000Z' },
        ]);
        expect(world.record().processed_sids).toEqual([SID]);
        expect(world.humanMessages().map(({ message_sids }) => message_sids)).toEqual(
          Array(told).fill([SID]),
        );
        expect(world.triggers()).toEqual([]);
        expect(world.locks()).toEqual([]);
        expect(world.twilio.messages).toEqual([]);
      });

  test('replies 62: a STOP whose process died is heard all the same, and not confirmed', async () => {
    const world = webhookWorld();
    await killAfter(world, 'PutItem', () => world.post(formF({ text: 'STOP' })), { table: TABLES.stage });
    expect(world.record().opted_out).toBeUndefined();
    await sweepFor(world, 3);
    expect(world.record().opted_out).toBe(true);
    expect(world.rows()).toEqual([]);
    expect(world.twilio.messages).toEqual([]);
  });

  test('replies 62: a repeat while the index lags tells the person once', async () => {
    const world = webhookWorld({ records: [recordR({ hand_off_to_human: true })] });
    world.dynamodb.lagIndexes(TABLES.conversations);
    await killAfter(world, 'UpdateItem', () => world.post(formF()), { table: TABLES.conversations });
    await world.post(formF());
    expect(world.humanMessages()).toHaveLength(1);
    expect(world.rows()).toEqual([]);
  });
});
