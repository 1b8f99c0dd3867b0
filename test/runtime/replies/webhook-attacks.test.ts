import { describe, expect, test } from 'vitest';
import { SID, recordR as storedR } from './records.ts';
import { TABLES } from './tables.ts';
import { expectOneReply, readyWorld, sid } from './turn-world.ts';
import { formF, isCall, recordR, webhookWorld } from './webhook-world.ts';

/** What somebody would try at the webhook, and what another service may have written. */

describe('lists that another service wrote as null', () => {
  const lists = { messages: null, processed_sids: null };

  test.each([
    ['human', { auto_queue_reply_message: true }, 'Hi', {}],
    ['opted_out', {}, 'STOP', { opted_out: true }],
  ])('a message of the route %s is recorded', async (_, settings, text, expected) => {
    const world = webhookWorld({ records: [recordR({ ...settings, ...lists })] });
    expect((await world.post(formF({ text }))).statusCode).toBe(200);
    expect(world.record()).toMatchObject({
      ...expected,
      processed_sids: [SID],
      messages: [{ content: text }],
    });
    expect(world.rows()).toEqual([]);
    expect((await world.post(formF({ messageSid: sid(7) }))).statusCode).toBe(200);
    expect(world.record().processed_sids).toEqual([SID, sid(7)]);
    expect(world.record().messages).toHaveLength(2);
  });

  test('a message of more than 20 KB is recorded', async () => {
    const world = webhookWorld({ records: [recordR({ auto_queue_reply_message: true, ...lists })] });
    expect((await world.post(formF({ text: 'x'.repeat(30_000) }))).statusCode).toBe(200);
    expect(world.record().messages).toMatchObject([{ archived: true }]);
  });

  test('a turn is answered and recorded', async () => {
    const world = await readyWorld({ records: [storedR(lists)] });
    await world.run(60);
    expectOneReply(world);
  });

  test('two at once are both recorded', async () => {
    const world = webhookWorld({ records: [recordR({ auto_queue_reply_message: true, ...lists })] });
    const answers = [sid(1), sid(2)].map((messageSid) => world.post(formF({ messageSid })));
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(world.record().messages).toHaveLength(2);
  });
});

describe('stop words that meet', () => {
  const OPTED_OUT = { opted_out: true, opted_out_at: '2026-11-20T10:00:00.000Z' };

  test('replies 13: a START that is written after a later STOP does not undo it', async () => {
    const world = webhookWorld({ records: [recordR(OPTED_OUT)] });
    const stop = formF({ text: 'STOP', messageSid: sid(2) });
    world.tap.before = async (call) => {
      if (!isCall(call, 'UpdateItem', TABLES.conversations)) return;
      world.tap.before = undefined;
      await world.clock.advance(5);
      await world.post(stop);
    };
    await world.post(formF({ text: 'START', messageSid: sid(1) }));
    expect(world.record().opted_out).toBe(true);
    expect(world.record().messages).toHaveLength(2);
    expect(world.rows()).toEqual([]);
  });
});

test('replies 12: a message of the human route that comes again while the index lags is told once', async () => {
  const world = webhookWorld({ records: [recordR({ auto_queue_reply_message: true })] });
  world.dynamodb.lagIndexes(TABLES.conversations);
  await world.post(formF());
  await world.post(formF());
  expect(world.humanMessages()).toHaveLength(1);
  expect(world.record().messages).toHaveLength(1);
});

test('one record without credentials does not make the company mute', async () => {
  const broken = { primary_channel: '+1', gsi_recipient_tel: '+1', channel_config: {} };
  const world = webhookWorld({ records: [recordR(broken), recordR()] });
  expect((await world.post(formF())).statusCode).toBe(200);
  expect(world.rows()).toHaveLength(1);
});

test('a path of 50,000 slashes costs nothing', async () => {
  const world = webhookWorld();
  const form = formF({ url: `https://api.example.com/dev/${'/'.repeat(50_000)}x` });
  const began = performance.now();
  expect((await world.post(form)).statusCode).toBe(404);
  expect(performance.now() - began).toBeLessThan(500);
});

describe('texts for a person', () => {
  const world = () => webhookWorld({ records: [recordR({ auto_queue_reply_message: true })] });

  test('characters that SQS does not take arrive as they were said', async () => {
    const asked = world();
    const text = 'a\uFFFEb\uFFFFc\u0001';
    expect((await asked.post(formF({ text }))).statusCode).toBe(200);
    expect(asked.humanMessages()).toMatchObject([{ body: text }]);
    const [sent] = asked.tap.details.filter(({ name }) => name === 'SendMessage');
    expect(String(sent?.input.MessageBody)).not.toMatch(/[\uFFFE\uFFFF]/);
  });

  test('the longest text of WhatsApp fits into 256 KB, and the record keeps it whole', async () => {
    const asked = world();
    const text = '🙂'.repeat(65_536);
    expect((await asked.post(formF({ text }))).statusCode).toBe(200);
    const [sent] = asked.tap.details.filter(({ name }) => name === 'SendMessage');
    expect(Buffer.byteLength(String(sent?.input.MessageBody))).toBeLessThan(250_000);
    expect(asked.humanMessages()[0]?.body).toMatch(/🙂\n\[the message is longer and was cut here\]$/u);
    expect(asked.rows()).toEqual([]);
  });
});
