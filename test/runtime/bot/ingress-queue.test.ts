import { describe, expect, it } from 'vitest';
import { ingressWorld, QUEUE_URL, telegramText, whatsappBatch } from './ingress-world.ts';

describe('queue', () => {
  const fifo = { MAWS_BUSY_POLICY: 'fifo', MAWS_QUEUE_URL: QUEUE_URL };

  it('bot A13: fifo queues by chat, with the same deduplication id for a redelivery', async () => {
    const world = ingressWorld('telegram', { ...fifo, TYPING_INDICATOR: 'false' });
    const webhook = telegramText(world, { chatId: '123', eventId: '99' });
    expect(await world.send(webhook)).toMatchObject({ statusCode: 200, body: '"Webhook queued."' });
    expect(world.tap.calls).toEqual(['SendMessage']);
    const [message] = world.sqs.messages(QUEUE_URL);
    expect(message?.groupId).toBe('123');
    expect(message?.deduplicationId).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(message?.body ?? '').maws_job).toMatchObject({ chat_id: '123', event_id: '99' });

    await world.send(telegramText(world, { chatId: '123', eventId: '99', text: 'other words' }));
    const [, again] = world.tap.details;
    expect(again?.input.MessageBody).not.toBe(message?.body);
    expect(again?.input.MessageDeduplicationId).toBe(message?.deduplicationId);
    expect(world.sqs.messages(QUEUE_URL)).toHaveLength(1);
  });

  it('bot A13: with typing on, the answer is the typing method', async () => {
    const world = ingressWorld('telegram', fifo);
    const answer = await world.send(telegramText(world, { chatId: '123' }));
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body)).toEqual({ method: 'sendChatAction', chat_id: '123', action: 'typing' });
    expect(world.sqs.messages(QUEUE_URL)).toHaveLength(1);
  });

  it('bot A13: without a queue URL, fifo and merge are refused', async () => {
    const noQueue = ingressWorld('telegram', { MAWS_BUSY_POLICY: 'fifo' });
    expect(await noQueue.send(telegramText(noQueue))).toMatchObject({
      statusCode: 500,
      body: '"Queue is not configured."',
    });
    const merge = ingressWorld('telegram', { MAWS_BUSY_POLICY: 'merge' });
    expect(await merge.send(telegramText(merge))).toMatchObject({
      statusCode: 500,
      body: '"Bot is misconfigured."',
    });
    expect([...noQueue.tap.calls, ...merge.tap.calls]).toEqual([]);
  });

  it('several messages go in batches that keep each chat in order; a refusal stops them', async () => {
    const world = ingressWorld('whatsapp', fifo);
    const batch = whatsappBatch(world, [
      ['1', 'a1'],
      ['2', 'b1'],
      ['1', 'a2'],
      ['1', 'a3'],
      ['3', 'c1'],
    ]);
    expect(await world.send(batch)).toMatchObject({ statusCode: 200, body: '"Webhook queued."' });
    expect(world.tap.calls).toEqual(['SendMessageBatch', 'SendMessage', 'SendMessage']);
    const order = world.sqs.messages(QUEUE_URL).map(({ body }) => JSON.parse(body).maws_job.event_id);
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);

    const refusing = ingressWorld('whatsapp', fifo);
    refusing.tap.after = ({ name }, output) => {
      if (name === 'SendMessageBatch')
        Object.assign(output as object, { Failed: [{ Id: '1', Code: 'Busy' }] });
    };
    expect(await refusing.send(batch)).toMatchObject({ statusCode: 503 });
    expect(refusing.tap.calls).toEqual(['SendMessageBatch']);
  });
});
