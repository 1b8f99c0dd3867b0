import { describe, expect, it } from 'vitest';
import {
  TWILIO_TEST,
  twilioSignature,
  twilioStatusWebhook,
  twilioWebhook,
} from '../../../local/recordings/twilio.ts';
import { createTwilioStandIn, type TwilioStandInOptions } from '../../../local/stand-ins/twilio.ts';
import { parseForm } from '../../../runtime/channels/twilio/form.ts';
import { isSignedByTwilio } from '../../../runtime/channels/twilio/verify.ts';

const { accountSid, authToken, companyNumber, userNumber } = TWILIO_TEST;
const MESSAGES = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`;
const FROM = `whatsapp:${companyNumber}`;
const TO = `whatsapp:${userNumber}`;
const START = Date.UTC(2026, 10, 26, 12, 0, 0);
const basic = (user: string, secret: string) =>
  `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

function world(options: TwilioStandInOptions = {}) {
  const time = { now: START };
  const standIn = createTwilioStandIn({ accountSid, authToken, nowMillis: () => time.now, ...options });
  const call = (url: string, init: RequestInit = {}, authorization = basic(accountSid, authToken)) =>
    standIn.fetch(url, { headers: authorization === '' ? {} : { authorization }, ...init });
  const create = (fields: Record<string, string> = {}, authorization?: string) =>
    call(
      MESSAGES,
      { method: 'POST', body: new URLSearchParams({ From: FROM, To: TO, Body: 'Hello', ...fields }) },
      authorization,
    );
  const list = async (query: Record<string, string> = {}) =>
    (await (await call(`${MESSAGES}?${new URLSearchParams(query)}`)).json()) as {
      messages: { sid: string; body: string; date_sent: string | null }[];
      next_page_uri: string | null;
    };
  return { time, standIn, call, create, list };
}

describe('creating a message', () => {
  it('answers 201 with the resource', async () => {
    const { standIn, create } = world();
    const response = await create({ StatusCallback: 'https://api.example.com/status?turn=t&part=1' });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      account_sid: accountSid,
      api_version: '2010-04-01',
      body: 'Hello',
      date_created: 'Thu, 26 Nov 2026 12:00:00 +0000',
      date_sent: null,
      date_updated: 'Thu, 26 Nov 2026 12:00:00 +0000',
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: FROM,
      messaging_service_sid: null,
      num_media: '0',
      num_segments: '1',
      price: null,
      price_unit: null,
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      status: 'queued',
      subresource_uris: { media: expect.stringMatching(/\/Messages\/SM\w+\/Media\.json$/) },
      to: TO,
      uri: expect.stringMatching(/\/Messages\/SM\w+\.json$/),
    });
    expect(standIn.sent).toMatchObject([{ method: 'create', chatId: userNumber, text: 'Hello' }]);
  });

  it.each([
    ['no recipient', { To: '' }, 21604],
    ['no sender', { From: '' }, 21603],
    ['a prefix on one side only', { From: companyNumber }, 21910],
    ['a prefix on the other side only', { To: userNumber }, 21910],
    ['two prefixes', { To: `whatsapp:${TO}` }, 21211],
    ['letters for a number', { To: 'whatsapp:+1500ABC' }, 21211],
    ['an unknown sender', { From: 'whatsapp:+15005550009' }, 63007],
    ['a sender of SMS', { From: companyNumber, To: userNumber }, 21606],
    ['no body', { Body: '' }, 21602],
    ['a body of blanks', { Body: ' \n' }, 21602],
    ['1601 characters', { Body: 'x'.repeat(1601) }, 21617],
    ['801 emoji', { Body: '😀'.repeat(801) }, 21617],
    ['a callback that is no address', { StatusCallback: 'status' }, 21609],
  ])('refuses %s', async (_name, fields, code) => {
    const { standIn, create } = world({ senders: [companyNumber] });
    const response = await create(fields);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      code,
      message: expect.any(String),
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status: 400,
    });
    expect(standIn.calls).toEqual([]);
  });

  it('takes 1600 characters and a hidden number', async () => {
    const { create } = world();
    expect((await create({ Body: 'x'.repeat(1600), To: 'whatsapp:US.abc123' })).status).toBe(201);
  });

  it.each([
    ['no authorization', ''],
    ['another scheme', 'Bearer x'],
    ['another token', basic(accountSid, 'other')],
    ['another account', basic(`AC${'1'.repeat(32)}`, authToken)],
  ])('refuses %s', async (_name, authorization) => {
    const response = await world().create({}, authorization);
    expect([response.status, await response.json()]).toEqual([
      401,
      expect.objectContaining({ code: 20003, status: 401 }),
    ]);
  });

  it('takes an API key, and no account but its own', async () => {
    const { create, call } = world();
    expect((await create({}, basic('SK1', 'secret'))).status).toBe(201);
    const other = MESSAGES.replace(accountSid, `AC${'1'.repeat(32)}`);
    expect((await call(other)).status).toBe(401);
    expect((await call('https://api.twilio.com/2010-04-01/Other.json')).status).toBe(404);
  });

  it('fails as it was told, in its own words', async () => {
    const { standIn, create } = world();
    standIn.fail({ kind: 'throttle', retryAfterSeconds: 3 });
    standIn.fail({ kind: 'broken', platformObject: true, accept: true });
    standIn.fail({ kind: 'broken', platformObject: true, status: 503 });
    standIn.fail({ kind: 'refuse', code: 21610 });
    standIn.fail({ kind: 'refuse', code: 20003 });
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push(await create());
    expect(answers.map(({ status }) => status)).toEqual([429, 500, 503, 400, 401]);
    expect(answers[0]?.headers.get('retry-after')).toBe('3');
    const codes = await Promise.all(
      answers.map(async (one) => ((await one.json()) as { code: number }).code),
    );
    expect(codes).toEqual([20429, 20500, 20503, 21610, 20003]);
    expect(standIn.messages).toHaveLength(1);
    standIn.reset();
    expect(standIn.messages).toEqual([]);
  });
});

describe('the list', () => {
  it('is newest first and has pages', async () => {
    const { time, create, call, list } = world();
    for (let n = 1; n <= 5; n++) {
      time.now += 1000;
      await create({ Body: `${n}` });
    }
    const first = await list({ PageSize: '2', To: TO });
    expect(first.messages.map(({ body }) => body)).toEqual(['5', '4']);
    // A newer one does not shift the next page.
    await create({ Body: '6' });
    const next = await call(`https://api.twilio.com${first.next_page_uri}`);
    const second = (await next.json()) as typeof first;
    expect(second.messages.map(({ body }) => body)).toEqual(['3', '2']);
    expect(second).toMatchObject({ page: 1, page_size: 2, previous_page_uri: expect.any(String) });
    const third = (await (
      await call(`https://api.twilio.com${second.next_page_uri}`)
    ).json()) as typeof first;
    expect([third.messages.map(({ body }) => body), third.next_page_uri]).toEqual([['1'], null]);
  });

  it('filters by address, and by the day of sending, which a queued message has not', async () => {
    const { time, standIn, create, list } = world();
    await create({ Body: 'mine' });
    await create({ Body: 'other', To: 'whatsapp:+15005550007' });
    expect((await list({ To: TO, From: FROM })).messages.map(({ body }) => body)).toEqual(['mine']);
    expect((await list({ From: 'whatsapp:+15005550009' })).messages).toEqual([]);
    expect((await list({ DateSent: '2026-11-26' })).messages).toEqual([]);
    standIn.report(standIn.messages[0]!.sid, 'sent');
    time.now += 24 * 3_600_000;
    standIn.report(standIn.messages[1]!.sid, 'sent');
    const bodies = async (query: Record<string, string>) =>
      (await list(query)).messages.map(({ body }) => body);
    expect(await bodies({ DateSent: '2026-11-26' })).toEqual(['mine']);
    expect(await bodies({ 'DateSent>': '2026-11-27T00:00:00Z' })).toEqual(['other']);
    expect(await bodies({ 'DateSent<': '2026-11-26T00:00:00Z' })).toEqual(['mine']);
  });

  it('may lag behind, while a message can be fetched at once', async () => {
    const { time, standIn, create, call, list } = world({ listLagMillis: 5000 });
    await create();
    expect((await list()).messages).toEqual([]);
    const { sid } = standIn.messages[0]!;
    const one = await call(MESSAGES.replace('.json', `/${sid}.json`));
    expect([one.status, await one.json()]).toEqual([200, expect.objectContaining({ sid })]);
    expect((await call(MESSAGES.replace('.json', '/SM1.json'))).status).toBe(404);
    time.now += 5000;
    expect((await list()).messages).toHaveLength(1);
  });
});

describe('status callbacks', () => {
  const callback = 'https://api.example.com/dev/whatsapp/status?turn=t1&part=1';

  it('are signed, in any order, and set the status', async () => {
    const { standIn, create, list } = world();
    await create({ StatusCallback: callback });
    const { sid } = standIn.messages[0]!;
    const webhooks = ['read', 'delivered', 'sent'].map((status) => standIn.report(sid, status)!);
    for (const { url, body, headers } of webhooks) {
      expect(url).toBe(callback);
      const fields = parseForm(Buffer.from(body))!;
      const signature = headers['x-twilio-signature'];
      expect(isSignedByTwilio({ signature, urls: [url], fields }, [authToken])).toBe(true);
    }
    expect(Object.fromEntries(new URLSearchParams(webhooks[0]!.body))).toMatchObject({
      MessageSid: sid,
      MessageStatus: 'read',
      EventType: 'READ',
      From: FROM,
      To: TO,
      ChannelPrefix: 'whatsapp',
    });
    expect((await list()).messages[0]).toMatchObject({ status: 'sent', date_sent: expect.any(String) });
    standIn.report(sid, 'failed', 63016);
    expect((await list()).messages[0]).toMatchObject({ status: 'failed', error_code: 63016 });
  });

  it('are none when none were asked for', async () => {
    const { standIn, create } = world();
    await create();
    expect(standIn.report(standIn.messages[0]!.sid, 'sent')).toBeUndefined();
    expect(() => standIn.report('SM1', 'sent')).toThrow();
  });
});

describe('the recordings', () => {
  const sid = `SM${'0'.repeat(31)}1`;

  it('are the test vectors', () => {
    const signature = (webhook: { headers: Readonly<Record<string, string>> }) =>
      webhook.headers['x-twilio-signature'];
    expect(signature(twilioWebhook({ messageSid: sid }))).toBe('YBovwRRG1hL/S5j4U8xuqfLMNkk=');
    const withQuery = twilioWebhook({ messageSid: sid, url: `${TWILIO_TEST.url}?a=1&b=2#rc=2&rp=5xx` });
    expect(withQuery.url).toBe(`${TWILIO_TEST.url}?a=1&b=2`);
    expect(signature(withQuery)).toBe('LBqfAEsOGkFMQfsXklliuoVX4yo=');
    const url = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages/MM1/Media/ME1`;
    const medium = twilioWebhook({
      messageSid: sid,
      text: '',
      media: [{ url, contentType: 'image/jpeg' }],
      fields: { ProfileName: 'Zoë' },
    });
    expect(signature(medium)).toBe('EaUiuGGKBv9NYRgwNWSpoLN6/xQ=');
  });

  it('sign a status callback with the query of its address', () => {
    const fields = [
      ['AccountSid', accountSid],
      ['ErrorCode', '63016'],
      ['From', FROM],
      ['MessageSid', `SM${'0'.repeat(31)}9`],
      ['MessageStatus', 'failed'],
      ['To', TO],
    ] as const;
    const url = `${TWILIO_TEST.url}/status?turn=t1&part=1`;
    expect(twilioSignature(authToken, url, fields)).toBe('nhtSf6fPwhLHE/5lhBYfIzdECFM=');
    const webhook = twilioStatusWebhook({ url, messageSid: 'SM1', status: 'failed', errorCode: 63016 });
    expect(Object.fromEntries(new URLSearchParams(webhook.body))).toMatchObject({ ErrorCode: '63016' });
  });

  it('differ in their ids, and leave out what is to be missing', () => {
    expect(twilioWebhook().eventId).not.toBe(twilioWebhook().eventId);
    const { body } = twilioWebhook({ fields: { MessageSid: undefined, Latitude: '1' } });
    expect([...new URLSearchParams(body).keys()]).not.toContain('MessageSid');
    expect(new URLSearchParams(body).get('Latitude')).toBe('1');
  });

  it('sign repeated names by their distinct values', () => {
    const fields = [
      ['B', '2'],
      ['A', 'z'],
      ['B', '1'],
      ['B', '2'],
    ] as const;
    const signature = twilioSignature(authToken, TWILIO_TEST.url, fields);
    expect(isSignedByTwilio({ signature, urls: [TWILIO_TEST.url], fields }, [authToken])).toBe(true);
  });
});
