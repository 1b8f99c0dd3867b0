import { describe, expect, test } from 'vitest';
import { SID, recordR as storedR } from './records.ts';
import { expectOneReply, readyWorld, sid } from './turn-world.ts';
import { formF, recordR, webhookWorld } from './webhook-world.ts';

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
