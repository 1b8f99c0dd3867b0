import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { createTwilioStandIn } from '../../../local/stand-ins/twilio.ts';

/** The vendor's own client judges whether the wire format is its own. */

const { accountSid, authToken, companyNumber, userNumber } = TWILIO_TEST;
const from = `whatsapp:${companyNumber}`;
const to = `whatsapp:${userNumber}`;

interface ClientRequest {
  readonly method: string;
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

function world(secret: string = authToken) {
  const time = { now: Date.UTC(2026, 10, 26, 12) };
  const standIn = createTwilioStandIn({ accountSid, authToken, nowMillis: () => time.now });
  const httpClient = {
    async request({ method, uri, username, password, params = {}, data }: ClientRequest) {
      const query = new URLSearchParams(params).toString();
      const response = await standIn.fetch(query ? `${uri}?${query}` : uri, {
        method,
        headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
        ...(data && { body: new URLSearchParams(data) }),
      });
      return { statusCode: response.status, body: await response.text(), headers: {} };
    },
  };
  const client = twilio(accountSid, secret, { httpClient: httpClient as never });
  return { time, standIn, client };
}

describe('the vendor’s client', () => {
  it('creates and fetches a message', async () => {
    const { client } = world();
    const created = await client.messages.create({ from, to, body: 'Hello' });
    expect(created).toMatchObject({
      sid: expect.stringMatching(/^SM/),
      accountSid,
      status: 'queued',
      direction: 'outbound-api',
      body: 'Hello',
      from,
      to,
      dateCreated: new Date('2026-11-26T12:00:00Z'),
      errorCode: null,
    });
    expect((await client.messages(created.sid).fetch()).sid).toBe(created.sid);
  });

  it('walks through the pages of a list', async () => {
    const { time, client } = world();
    for (let n = 1; n <= 5; n++) {
      time.now += 1000;
      await client.messages.create({ from, to, body: `${n}` });
    }
    const found = await client.messages.list({ to, from, pageSize: 2 });
    expect(found.map(({ body }) => body)).toEqual(['5', '4', '3', '2', '1']);
    expect(await client.messages.list({ to: from })).toEqual([]);
  });

  it('filters by the day of sending', async () => {
    const { standIn, client } = world();
    const { sid } = await client.messages.create({ from, to, body: 'Hello' });
    const day = new Date('2026-11-26T23:00:00Z');
    expect(await client.messages.list({ dateSentAfter: day })).toEqual([]);
    standIn.report(sid, 'sent');
    expect(await client.messages.list({ dateSentAfter: day })).toHaveLength(1);
    expect(await client.messages.list({ dateSentBefore: new Date('2026-11-25T00:00:00Z') })).toEqual([]);
  });

  it('reads its errors', async () => {
    const { standIn, client } = world();
    await expect(client.messages.create({ from, to, body: 'x'.repeat(1601) })).rejects.toMatchObject({
      status: 400,
      code: 21617,
      moreInfo: 'https://www.twilio.com/docs/errors/21617',
    });
    standIn.fail({ kind: 'refuse', code: 21610 });
    await expect(client.messages.create({ from, to, body: 'x' })).rejects.toMatchObject({ code: 21610 });
    await expect(world('other').client.messages.list()).rejects.toMatchObject({ status: 401, code: 20003 });
  });
});
