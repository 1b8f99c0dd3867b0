import { describe, expect, it } from 'vitest';
import { TWILIO_TEST } from '../../../../local/recordings/twilio.ts';
import { createTwilioStandIn } from '../../../../local/stand-ins/twilio.ts';
import { basicAuth, messagesUrl, whatsappAddress } from '../../../../runtime/channels/twilio/account.ts';
import { deliveryFaultOf, refused, TwilioError } from '../../../../runtime/channels/twilio/errors.ts';
import { listMessages } from '../../../../runtime/channels/twilio/list.ts';
import { sendText } from '../../../../runtime/channels/twilio/send.ts';
import { SendError } from '../../../../runtime/core/errors.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const { accountSid, authToken, companyNumber, userNumber } = TWILIO_TEST;

function world() {
  const clock = new FakeClock({ auto: false });
  const nowMillis = () => clock.nowMillis();
  const standIn = createTwilioStandIn({ accountSid, authToken, senders: [companyNumber], nowMillis });
  const account = { accountSid, authToken, baseUrl: 'https://twilio.example' };
  const net = { fetch: standIn.fetch, clock, timeoutSeconds: 0.2 };
  const options = { deadlineMillis: nowMillis() + 60_000 };
  const send = (more: Partial<Parameters<typeof sendText>[2]> = {}) =>
    sendText(net, account, { from: companyNumber, to: userNumber, body: 'Hello', ...more }, options);
  const list = (createdSinceMillis = 0) =>
    listMessages(net, account, { from: companyNumber, to: userNumber, createdSinceMillis }, options);
  return { clock, standIn, account, net, options, send, list };
}

describe('sendText', () => {
  it('sends one prefix on each side and the callback, and resolves to the sid', async () => {
    const { standIn, send } = world();
    const statusCallback = 'https://api.example.com/status?turn=t&part=1';
    const sid = await send({ to: `whatsapp:whatsapp:${userNumber}`, body: 'Zoë 😀', statusCallback });
    expect(standIn.messages).toMatchObject([
      {
        sid,
        from: `whatsapp:${companyNumber}`,
        to: `whatsapp:${userNumber}`,
        body: 'Zoë 😀',
        statusCallback,
      },
    ]);
    await send();
    expect(standIn.calls[1]?.body).not.toHaveProperty('StatusCallback');
  });

  it('answers a hidden number', async () => {
    const { standIn, send } = world();
    await send({ to: 'US.abc123' });
    expect(standIn.messages[0]?.to).toBe('whatsapp:US.abc123');
  });

  it('refuses in the class and with the reason of the code', async () => {
    const { standIn, send } = world();
    standIn.fail({ kind: 'throttle', retryAfterSeconds: 7 });
    await expect(send()).rejects.toMatchObject({
      name: 'TwilioError',
      errorClass: 'transient',
      reason: 'rate_limited',
      code: 20429,
      retryAfterSeconds: 7,
    });
    await expect(send({ body: 'x'.repeat(1601) })).rejects.toMatchObject({
      errorClass: 'permanent',
      reason: 'too_long',
      message: 'Twilio did not accept the message: 400, code 21617',
    });
  });

  it('is not clear about what may have been accepted', async () => {
    const { standIn, send } = world();
    standIn.fail({ kind: 'lose-answer' });
    standIn.fail({ kind: 'hang', accept: true });
    standIn.fail({ kind: 'broken', platformObject: true, accept: true });
    standIn.fail({ kind: 'broken', platformObject: false });
    standIn.fail({ kind: 'html', accept: true });
    for (let n = 0; n < 5; n++) await expect(send()).rejects.toMatchObject({ errorClass: 'unclear' });
    expect(standIn.messages).toHaveLength(4);
    standIn.fail({ kind: 'unreachable' });
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SendError);
    expect(error).toMatchObject({ errorClass: 'transient', code: 'ECONNREFUSED' });
  });

  it('uses an API key where there is one', async () => {
    const { account } = world();
    expect(basicAuth({ ...account, apiKey: { sid: 'SK1', secret: 's' } })).toBe(
      `Basic ${Buffer.from('SK1:s').toString('base64')}`,
    );
    expect(basicAuth(account)).toBe(`Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`);
    expect(messagesUrl(account)).toBe(
      `https://twilio.example/2010-04-01/Accounts/${accountSid}/Messages.json`,
    );
    expect(whatsappAddress(' WhatsApp:+1 ')).toBe('whatsapp:+1');
    expect(whatsappAddress('CC.aB3')).toBe('whatsapp:CC.aB3');
  });
});

it('takes no refusal for a yes, whatever it holds', async () => {
  const { account, options } = world();
  const fetch = (async () => Response.json({ sid: 'SM1' }, { status: 400 })) as typeof globalThis.fetch;
  const net = { fetch, clock: new FakeClock(), timeoutSeconds: 1 };
  const text = { from: companyNumber, to: userNumber, body: 'Hello' };
  await expect(sendText(net, account, text, options)).rejects.toMatchObject({ code: 400 });
});

describe('the error table', () => {
  const classOf = (status: number, code?: number) => {
    const error = refused({
      status,
      body: code === undefined ? undefined : { code, message: 'secret words' },
      retryAfterSeconds: undefined,
    });
    expect(error).toBeInstanceOf(TwilioError);
    expect(error.message).not.toContain('secret');
    return [error.errorClass, error.reason];
  };

  it.each([
    [401, 20003, 'hold', 'credentials'],
    [400, 20003, 'hold', 'credentials'],
    [401, undefined, 'hold', 'credentials'],
    [429, 20429, 'transient', 'rate_limited'],
    [429, undefined, 'transient', 'rate_limited'],
    [400, 20429, 'transient', 'rate_limited'],
    [500, 20500, 'unclear', 'server'],
    [503, 20503, 'unclear', 'server'],
    [502, undefined, 'unclear', 'server'],
    [504, 21211, 'unclear', 'server'],
    [408, undefined, 'unclear', 'server'],
    [400, 21211, 'permanent', 'invalid_recipient'],
    [400, 21614, 'permanent', 'invalid_recipient'],
    [400, 63003, 'permanent', 'invalid_recipient'],
    [400, 21610, 'permanent', 'opted_out'],
    [400, 21408, 'hold', 'sender'],
    [400, 21606, 'hold', 'sender'],
    [400, 21603, 'hold', 'sender'],
    [400, 63007, 'hold', 'sender'],
    [400, 21617, 'permanent', 'too_long'],
    [400, 21658, 'permanent', 'too_long'],
    [400, 21602, 'permanent', 'refused'],
    [404, 20404, 'permanent', 'refused'],
    [403, undefined, 'permanent', 'refused'],
    [201, undefined, 'unclear', 'server'],
  ] as const)('%i with code %s is %s: %s', (status, code, errorClass, reason) => {
    expect(classOf(status, code)).toEqual([errorClass, reason]);
  });

  it.each([
    [63016, 'window_closed'],
    [63003, 'permanent'],
    [63024, 'permanent'],
    [63013, 'permanent'],
    [63005, 'permanent'],
    [63014, 'permanent'],
    [63018, 'hand_off'],
    [63038, 'hold'],
    [63010, 'hand_off'],
    [63012, 'hand_off'],
    [30500, 'hand_off'],
    [63999, 'hand_off'],
    [undefined, 'hand_off'],
  ])('by callback %s means %s', (code, action) => {
    expect(deliveryFaultOf(code)).toEqual({ action });
  });
});

describe('listMessages', () => {
  it('gives what was sent between the two since a time, newest first', async () => {
    const { clock, standIn, send, list } = world();
    await send({ body: 'old' });
    await clock.advance(60_000);
    const since = clock.nowMillis() - (clock.nowMillis() % 1000);
    const sid = await send({ body: 'one' });
    await send({ body: 'elsewhere', to: '+15005550007' });
    await clock.advance(1000);
    await send({ body: 'two' });
    expect(await list(since)).toMatchObject([
      { body: 'two', status: 'queued' },
      { body: 'one', sid, createdMillis: since },
    ]);
    standIn.report(sid, 'failed', 63016);
    expect((await list())[1]).toMatchObject({ status: 'failed', errorCode: 63016 });
  });

  it('follows the pages as long as they may hold one, and not for ever', async () => {
    const { clock, standIn, send, list } = world();
    for (let n = 0; n < 120; n++) await send({ body: String(n) });
    expect(await list()).toHaveLength(120);
    expect(standIn.calls.filter(({ method }) => method === 'list')).toHaveLength(3);
    await clock.advance(60_000);
    await send({ body: 'new' });
    expect(await list(clock.nowMillis() - 1000)).toHaveLength(1);
    expect(standIn.calls.filter(({ method }) => method === 'list')).toHaveLength(4);
    for (let n = 0; n < 600; n++) standIn.add({ ...standIn.messages[0]!, body: 'x', sid: `SM${n}` });
    expect(await list()).toHaveLength(500);
  });

  it.each([
    [{ kind: 'lose-answer' }, 'transient'],
    [{ kind: 'hang' }, 'transient'],
    [{ kind: 'unreachable' }, 'transient'],
    [{ kind: 'broken', platformObject: true }, 'transient'],
    [{ kind: 'html' }, 'transient'],
    [{ kind: 'html', status: 200 }, 'transient'],
    [{ kind: 'throttle', retryAfterSeconds: 2 }, 'transient'],
    [{ kind: 'refuse', code: 20003 }, 'hold'],
  ] as const)('fails with %j: %s', async (fault, errorClass) => {
    const { standIn, list } = world();
    standIn.fail(fault);
    const error = await list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SendError);
    expect(error).toMatchObject({ errorClass });
  });

  it('passes over what it cannot read', async () => {
    const { account, options } = world();
    const messages = [
      null,
      {},
      { sid: 'SM1', date_created: 'never' },
      { sid: 'SM2', date_created: 'Thu, 26 Nov 2026 12:00:00 +0000' },
    ];
    const fetch = (async () =>
      Response.json({ messages, next_page_uri: null })) as unknown as typeof globalThis.fetch;
    const net = { fetch, clock: new FakeClock(), timeoutSeconds: 1 };
    const found = await listMessages(net, account, { from: '1', to: '2', createdSinceMillis: 0 }, options);
    expect(found).toEqual([{ sid: 'SM2', body: '', status: '', createdMillis: Date.UTC(2026, 10, 26, 12) }]);
  });
});
