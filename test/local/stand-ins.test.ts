import { describe, expect, it } from 'vitest';
import {
  fictionalNumber,
  telegramWebhook,
  whatsappSignature,
  whatsappStatusWebhook,
  whatsappWebhook,
} from '../../local/recordings/webhooks.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import { createTelegramStandIn } from '../../local/stand-ins/telegram.ts';

const GRAPH = 'https://graph.facebook.com/v26.0/100000000000001/messages';
const TELEGRAM = 'https://api.telegram.org/bot7000000001:secret';
const text = (body: string, to = '12025550143') => ({
  messaging_product: 'whatsapp',
  to,
  type: 'text',
  text: { body },
});
const post = (body: object, signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
  body: JSON.stringify(body),
  ...(signal && { signal }),
});

describe('the Graph stand-in', () => {
  it('accepts a message as the Graph API does and records it', async () => {
    const graph = createGraphStandIn({ nowMillis: () => 1000 });
    const response = await graph.fetch(GRAPH, post(text('hi')));
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { messages: { id: string }[] };
    expect(answer).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: '12025550143', wa_id: '12025550143' }],
      messages: [{ id: expect.stringMatching(/^wamid\.HBgLMTIwMjU1NTAxNDMV[A-Za-z0-9+/=]+$/) }],
    });
    expect(graph.sent).toMatchObject([
      { atMillis: 1000, chatId: '12025550143', text: 'hi', messageId: answer.messages[0]?.id },
    ]);
  });

  it('takes a read mark without counting it as a message', async () => {
    const graph = createGraphStandIn();
    const mark = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: 'wamid.x',
      typing_indicator: { type: 'text' },
    };
    expect(await (await graph.fetch(GRAPH, post(mark))).json()).toEqual({ success: true });
    expect(graph.sent).toEqual([]);
    expect(graph.calls).toMatchObject([{ method: 'typing' }]);
  });

  it.each([
    ['a wrong token', { headers: {} }, 401, 190],
    ['no recipient', post({ ...text('hi'), to: '' }), 400, 100],
    ['4097 characters', post(text('x'.repeat(4097))), 400, 100],
    ['no product', post({ to: '1', text: { body: 'hi' } }), 400, 100],
  ])('refuses %s', async (_name, init, status, code) => {
    const graph = createGraphStandIn();
    const response = await graph.fetch(GRAPH, { method: 'POST', ...init });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { code, type: 'OAuthException', fbtrace_id: expect.any(String) },
    });
    expect(graph.calls).toEqual([]);
  });

  it('plays each fault for the call it is meant for', async () => {
    const graph = createGraphStandIn();
    graph.fail({ kind: 'pass' });
    graph.fail({ kind: 'refuse', code: 131056 });
    graph.fail({ kind: 'throttle', retryAfterSeconds: 2 });
    graph.fail({ kind: 'broken', platformObject: false, accept: true });
    graph.fail({ kind: 'html' });
    const answers = [];
    for (const word of ['a', 'b', 'c', 'd', 'e', 'f'])
      answers.push(await graph.fetch(GRAPH, post(text(word))));
    expect(answers.map((answer) => answer.status)).toEqual([200, 400, 429, 500, 502, 200]);
    expect(answers[2]?.headers.get('retry-after')).toBe('2');
    expect(await answers[3]?.json()).toEqual({});
    expect(answers[4]?.headers.get('content-type')).toContain('text/html');
    expect(graph.sent.map((call) => call.text)).toEqual(['a', 'd', 'f']);
  });

  it('loses an answer after it accepted, refuses a connection before, hangs until aborted', async () => {
    const graph = createGraphStandIn();
    graph.fail({ kind: 'lose-answer' });
    await expect(graph.fetch(GRAPH, post(text('lost')))).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
    graph.fail({ kind: 'unreachable' });
    await expect(graph.fetch(GRAPH, post(text('never left')))).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    graph.fail({ kind: 'hang' });
    await expect(graph.fetch(GRAPH, post(text('hung'), AbortSignal.timeout(20)))).rejects.toThrow(/timeout/);
    expect(graph.sent.map((call) => call.text)).toEqual(['lost']);
    expect(graph.calls.map((call) => call.text)).toEqual(['lost', 'hung']);
  });

  it('plays a fault only for the chat and as often as it was told', async () => {
    const graph = createGraphStandIn();
    graph.fail({ kind: 'refuse', code: 190, times: 2, chatId: '1' });
    const statusOf = async (to: string) => (await graph.fetch(GRAPH, post(text('hi', to)))).status;
    expect([await statusOf('2'), await statusOf('1'), await statusOf('1'), await statusOf('1')]).toEqual([
      200, 401, 401, 200,
    ]);
  });

  it('remembers a bounded number of calls', async () => {
    const graph = createGraphStandIn();
    for (let n = 0; n < 5010; n++) await graph.fetch(GRAPH, post(text(String(n))));
    expect(graph.calls).toHaveLength(5000);
    expect(graph.sent.at(0)?.text).toBe('10');
  });
});

describe('the Telegram stand-in', () => {
  it('accepts a message as the Bot API does and records it', async () => {
    const telegram = createTelegramStandIn({ nowMillis: () => 5000 });
    const response = await telegram.fetch(
      `${TELEGRAM}/sendMessage`,
      post({ chat_id: '5550000143', text: 'hi' }),
    );
    expect(await response.json()).toEqual({
      ok: true,
      result: {
        message_id: 1,
        from: expect.objectContaining({ is_bot: true }),
        chat: expect.objectContaining({ id: 5550000143, type: 'private' }),
        date: 5,
        text: 'hi',
      },
    });
    expect(telegram.sent).toMatchObject([{ chatId: '5550000143', text: 'hi', messageId: '1' }]);
  });

  it('keeps the webhook that was set', async () => {
    const telegram = createTelegramStandIn();
    await telegram.fetch(
      `${TELEGRAM}/setWebhook`,
      post({ url: 'https://example.org/webhook', allowed_updates: ['message'] }),
    );
    const info = (await (await telegram.fetch(`${TELEGRAM}/getWebhookInfo`)).json()) as { result: object };
    expect(info.result).toMatchObject({ url: 'https://example.org/webhook', allowed_updates: ['message'] });
    expect(await (await telegram.fetch(`${TELEGRAM}/getMe`)).json()).toMatchObject({
      ok: true,
      result: { is_bot: true },
    });
  });

  it('refuses and throttles in the words of the Bot API', async () => {
    const telegram = createTelegramStandIn({ token: '7000000001:secret' });
    const send = (body: object) => telegram.fetch(`${TELEGRAM}/sendMessage`, post(body));
    expect(await (await send({ chat_id: 1, text: '' })).json()).toEqual({
      ok: false,
      error_code: 400,
      description: 'Bad Request: message text is empty',
    });
    telegram.fail({ kind: 'throttle', retryAfterSeconds: 2 });
    expect(await (await send({ chat_id: 1, text: 'hi' })).json()).toMatchObject({
      error_code: 429,
      parameters: { retry_after: 2 },
    });
    telegram.fail({ kind: 'refuse', code: 403 });
    expect((await send({ chat_id: 1, text: 'hi' })).status).toBe(403);
    expect((await telegram.fetch('https://api.telegram.org/botother/getMe')).status).toBe(401);
    expect(telegram.sent).toEqual([]);
  });
});

describe('recorded webhooks', () => {
  it('are signed over their exact bytes and carry fresh ids', () => {
    const options = { appSecret: 'secret', chatId: fictionalNumber(7), text: 'añb', sentMillis: 42_000 };
    const first = whatsappWebhook(options);
    expect(first.headers['x-hub-signature-256']).toBe(whatsappSignature(first.body, 'secret'));
    expect(JSON.parse(first.body).entry[0].changes[0].value).toMatchObject({
      contacts: [{ wa_id: '12005550107' }],
      messages: [{ from: '12005550107', id: first.eventId, timestamp: '42', text: { body: 'añb' } }],
    });
    expect(whatsappWebhook(options).eventId).not.toBe(first.eventId);
    expect(JSON.parse(telegramWebhook({ secretToken: 's', chatId: '9' }).body)).toMatchObject({
      message: { chat: { id: 9 } },
    });
  });

  it('report a message that was sent by its id and by our own data', async () => {
    const graph = createGraphStandIn();
    await graph.fetch(GRAPH, post({ ...text('hi'), biz_opaque_callback_data: 'wamid.x#1' }));
    const report = JSON.parse(whatsappStatusWebhook(graph.sent[0]!, 'delivered', 'secret').body);
    expect(report.entry[0].changes[0].value.statuses).toMatchObject([
      { id: graph.sent[0]?.messageId, status: 'delivered', biz_opaque_callback_data: 'wamid.x#1' },
    ]);
  });
});
