import { describe, expect, it } from 'vitest';
import { TWILIO_TEST } from '../../../../local/recordings/twilio.ts';
import { createTwilioStandIn } from '../../../../local/stand-ins/twilio.ts';
import { MediaError } from '../../../../runtime/channels/media-error.ts';
import { fetchMedia } from '../../../../runtime/channels/twilio/media.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const { accountSid, authToken } = TWILIO_TEST;
const PICTURE = { bytes: Uint8Array.from([0xff, 0xd8, 0xff, 1, 2, 3]), mimeType: 'image/jpeg' };

function world(baseUrl = 'https://api.twilio.com', given?: (url: string, init: RequestInit) => Response) {
  const clock = new FakeClock();
  const standIn = createTwilioStandIn({ accountSid, authToken, nowMillis: () => clock.nowMillis() });
  const seen: { url: string; authorization: string | null; redirect: string | undefined }[] = [];
  const fetch = (async (input: string, init: RequestInit = {}) => {
    const authorization = new Headers(init.headers).get('authorization');
    seen.push({ url: input, authorization, redirect: init.redirect });
    return given ? given(input, init) : standIn.fetch(input, init);
  }) as typeof globalThis.fetch;
  const net = { fetch, clock, timeoutSeconds: 0.2 };
  const account = { accountSid, authToken, baseUrl };
  const load = (url: string, more: { maxBytes?: number } = {}) =>
    fetchMedia(net, account, url, { deadlineMillis: clock.nowMillis() + 5000, ...more });
  return { standIn, seen, load };
}

const redirect = (location: string, status = 302) => new Response(null, { status, headers: { location } });
const FIRST = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1';

describe('fetchMedia', () => {
  it('follows the redirect to the storage and leaves the credentials behind', async () => {
    const { standIn, seen, load } = world();
    const path = standIn.hold(PICTURE);
    expect(path).toMatch(/^\/2010-04-01\/Accounts\/AC0+\/Messages\/MM\w{32}\/Media\/ME\w{32}$/);
    const fetched = await load(`https://api.twilio.com${path}`);
    expect(Buffer.from(fetched).equals(Buffer.from(PICTURE.bytes))).toBe(true);
    expect(seen).toMatchObject([
      { authorization: expect.stringMatching(/^Basic /), redirect: 'manual' },
      { url: expect.stringMatching(/^https:\/\/mms\.twiliocdn\.com\//), authorization: null },
    ]);
    expect(standIn.calls.map(({ method }) => method)).toEqual(['media', 'download']);
  });

  it('goes to the account’s own address where that is another', async () => {
    const { standIn, load } = world('http://127.0.0.1:4000');
    expect(await load(`http://127.0.0.1:4000${standIn.hold(PICTURE)}`)).toHaveLength(6);
  });

  it.each([
    ['a foreign host', 'https://example.com/x'],
    ['a host that only ends alike', 'https://eviltwilio.com/x'],
    ['a host that only begins alike', 'https://api.twilio.com.example.com/x'],
    ['a user before the host', 'https://api.twilio.com@example.com/x'],
    ['no encryption', 'http://api.twilio.com/x'],
    ['another port', 'https://api.twilio.com:8443/x'],
    ['the storage, which takes no credentials', 'https://mms.twiliocdn.com/x'],
    ['a link-local address', 'http://169.254.169.254/latest/meta-data'],
    ['no address', ''],
    ['a file', 'file:///etc/passwd'],
  ])('asks nobody for %s', async (_name, url) => {
    const { seen, load } = world();
    await expect(load(url)).rejects.toMatchObject({ name: 'MediaError', errorClass: 'permanent' });
    expect(seen).toEqual([]);
  });

  it.each([
    'https://example.com/x',
    'http://mms.twiliocdn.com/x',
    'http://169.254.169.254/',
    '//example.com/x',
  ])('follows no redirect to %s', async (location) => {
    const { seen, load } = world(undefined, () => redirect(location));
    await expect(load(FIRST)).rejects.toMatchObject({ errorClass: 'permanent' });
    expect(seen).toHaveLength(1);
  });

  it('follows several redirects, also relative ones, but not for ever', async () => {
    const steps = [redirect('/next'), redirect('https://media.twiliocdn.com/x', 307), new Response('bytes')];
    const { seen, load } = world(undefined, () => steps[seen.length - 1] as Response);
    expect(Buffer.from(await load(FIRST)).toString()).toBe('bytes');
    expect(seen.map(({ url }) => url)).toEqual([
      FIRST,
      'https://api.twilio.com/next',
      'https://media.twiliocdn.com/x',
    ]);
    const endless = world(undefined, () => redirect('/again'));
    await expect(endless.load(FIRST)).rejects.toMatchObject({ errorClass: 'permanent' });
    expect(endless.seen).toHaveLength(6);
  });

  it('reads no more than 16 MB, told or not', async () => {
    const megabyte = new Uint8Array(1024 * 1024);
    let given = 0;
    const stream = () =>
      new ReadableStream({
        pull(controller) {
          given += 1;
          controller.enqueue(megabyte);
        },
      });
    const { load } = world(undefined, () => new Response(stream()));
    await expect(load(FIRST)).rejects.toMatchObject({ errorClass: 'permanent' });
    expect(given).toBeLessThan(20);
    const told = world(undefined, () => new Response('x', { headers: { 'content-length': '16777217' } }));
    await expect(told.load(FIRST)).rejects.toMatchObject({ errorClass: 'permanent' });
    const most = world(undefined, () => new Response(new Uint8Array(16 * 1024 * 1024)));
    expect(await most.load(FIRST)).toHaveLength(16 * 1024 * 1024);
  });

  it('reads less where less is wanted, and never more', async () => {
    const { load } = world(undefined, () => new Response('12345'));
    expect(await load(FIRST, { maxBytes: 5 })).toHaveLength(5);
    await expect(load(FIRST, { maxBytes: 4 })).rejects.toMatchObject({ errorClass: 'permanent' });
    const large = world(undefined, () => new Response('x', { headers: { 'content-length': '16777217' } }));
    await expect(large.load(FIRST, { maxBytes: 1e9 })).rejects.toMatchObject({ errorClass: 'permanent' });
  });

  it.each([
    [401, 'hold'],
    [404, 'permanent'],
    [403, 'permanent'],
    [302, 'permanent'],
    [429, 'transient'],
    [503, 'transient'],
  ])('a medium that is answered with %i: %s', async (status, errorClass) => {
    const { load } = world(undefined, () => new Response(null, { status }));
    const error = await load(FIRST).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MediaError);
    expect(error).toMatchObject({ errorClass, code: status });
  });

  it('waits no longer than it may, and knows what is gone', async () => {
    const { standIn, load } = world();
    const url = `https://api.twilio.com${standIn.hold(PICTURE)}`;
    standIn.fail({ kind: 'hang', method: 'download' });
    await expect(load(url)).rejects.toMatchObject({ errorClass: 'transient' });
    standIn.fail({ kind: 'unreachable', method: 'media' });
    await expect(load(url)).rejects.toMatchObject({ errorClass: 'transient', code: 'ECONNREFUSED' });
    await expect(load(`${url}0`)).rejects.toMatchObject({ errorClass: 'permanent', code: 404 });
    expect(await load(url)).toHaveLength(6);
  });
});

describe('the stand-in’s storage', () => {
  it('lets in who has the signed address, and nobody with credentials as well', async () => {
    const standIn = createTwilioStandIn({ accountSid, authToken });
    const path = standIn.hold(PICTURE);
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    const first = await standIn.fetch(`https://api.twilio.com${path}`, { headers: { authorization } });
    const location = first.headers.get('location')!;
    expect((await standIn.fetch(location)).status).toBe(200);
    expect((await standIn.fetch(location, { headers: { authorization } })).status).toBe(400);
    expect((await standIn.fetch(location.split('?')[0]!)).status).toBe(403);
    expect((await standIn.fetch(`https://api.twilio.com${path}`)).status).toBe(401);
  });
});
