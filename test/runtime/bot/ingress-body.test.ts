import { describe, expect, it } from 'vitest';
import { ingressWorld, signed, telegramText } from './ingress-world.ts';

describe('bodies with nothing to do', () => {
  const statuses = {
    entry: [{ changes: [{ field: 'messages', value: { statuses: [{ id: 'wamid.x', status: 'sent' }] } }] }],
  };
  it.each([['{"entry":[]}'], [JSON.stringify(statuses)]])('bot A6: %s is received', async (body) => {
    const world = ingressWorld('whatsapp', { CAPTURE_FAILED_EVENTS: 'true' });
    expect(await world.send(signed(body))).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
    expect(world.tap.calls).toEqual([]);
  });

  it.each([['not json'], ['[]'], ['7'], ['']])('bot A6: %j is a warning, and captured', async (body) => {
    const world = ingressWorld('whatsapp', { CAPTURE_FAILED_EVENTS: 'true' });
    const answer = await world.send(signed(body));
    expect(answer).toMatchObject({ statusCode: 200, body: '"Webhook received (warning)."' });
    expect(world.tap.calls).toEqual(['PutObject']);
    const [key = ''] = world.s3.keys();
    expect(key).toMatch(/^failed-events\/2026\/11\/21\/whatsapp\/[0-9a-f]{24}\.json$/);
    const record = JSON.parse(Buffer.from(world.s3.object(key)?.body ?? '').toString());
    expect(record).toEqual({
      reason: 'bad_body',
      error: expect.any(String),
      captured_at: new Date(world.clock.nowMillis()).toISOString(),
      event: body,
    });
    if (body === 'not json') expect(world.log.text).not.toContain(body);
  });

  it('bot A6: capture off captures nothing; a capture that fails changes no answer', async () => {
    const off = ingressWorld('whatsapp');
    expect(await off.send(signed('not json'))).toMatchObject({ body: '"Webhook received (warning)."' });
    expect(off.tap.calls).toEqual([]);
    const broken = ingressWorld('whatsapp', { CAPTURE_FAILED_EVENTS: 'true', BUCKET_NAME: 'not-there' });
    expect(await broken.send(signed('not json'))).toMatchObject({ body: '"Webhook received (warning)."' });
    expect(broken.log.of('failed_event_not_captured')).toHaveLength(1);
  });

  it.each([
    [{ entry: 7 }],
    [{ entry: [null, 'x', { changes: {} }, { changes: [3, { value: { messages: [null, 7, {}] } }] }] }],
    [{ entry: [{ changes: [{ value: { messages: [{ from: '1', id: 'a', type: 'order', text: 5 }] } }] }] }],
  ])('takes a strange WhatsApp body %j without a job', async (body) => {
    const world = ingressWorld('whatsapp');
    expect(await world.send(signed(JSON.stringify(body)))).toMatchObject({ body: '"Webhook received."' });
    expect(world.tap.calls).toEqual([]);
  });

  it.each([
    [{}],
    [{ update_id: 1, message: 5 }],
    [{ update_id: 1, message: { chat: null, text: 'x' } }],
    [{ update_id: 1, message: { message_id: 2, chat: { id: 3 }, dice: { value: 1 } } }],
    [{ update_id: 1, edited_message: { message_id: 2, chat: { id: 3 }, text: 'x' } }],
  ])('takes the Telegram update %j without a job', async (body) => {
    const world = ingressWorld('telegram');
    const request = { ...telegramText(world), body: JSON.stringify(body) };
    expect(await world.send(request)).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
    expect(world.tap.calls).toEqual([]);
    expect(world.log.of('event_ignored')).toEqual([expect.objectContaining({ rule: 'unsupported' })]);
  });
});
