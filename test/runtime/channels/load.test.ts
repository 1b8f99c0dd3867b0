import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { telegramChannel } from '../../../runtime/channels/telegram/channel.ts';
import { whatsappChannel } from '../../../runtime/channels/whatsapp/channel.ts';
import { errorClassOf } from '../../../runtime/core/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { channelWorld, PNG } from './channel-world.ts';

const MB = 1024 * 1024;
const limits = (world: { readonly clock: FakeClock }, maxBytes = 20 * MB) => ({
  maxBytes,
  deadlineMillis: world.clock.nowMillis() + 60_000,
});
const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('bot A52: a WhatsApp image: two GETs, the second with the bearer, and the hash is checked', async () => {
  const world = channelWorld('whatsapp');
  const id = world.standIn.hold({ bytes: PNG, mimeType: 'image/png' });
  const media = { kind: 'image' as const, id, sha256: hex(PNG) };
  const loaded = await world.channel.load(media, limits(world));
  expect(Buffer.from(loaded.bytes)).toEqual(Buffer.from(PNG));
  expect(loaded.mimeType).toBe('image/png');
  expect(world.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `GET https://graph.example/v26.0/${id}`,
    expect.stringMatching(/^GET https:\/\/graph\.example\/whatsapp_business\/attachments\/\?mid=/),
  ]);
  expect(world.requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer t', 'Bearer t']);
  const damaged = world.channel.load({ ...media, sha256: hex(new Uint8Array(1)) }, limits(world));
  await expect(damaged).rejects.toThrow("The medium's bytes do not fit its SHA-256");
});

test('bot A52: a file of 30 MB is refused before the full download', async () => {
  const world = channelWorld('whatsapp');
  const id = world.standIn.hold({ bytes: new Uint8Array(30 * MB), mimeType: 'application/pdf' });
  const load = world.channel.load({ kind: 'document', id }, limits(world));
  await expect(load).rejects.toThrow(`The medium has more than ${20 * MB} bytes and is not fetched`);
  expect(world.requests).toHaveLength(1);
});

/** A Graph API that says of every medium what it is told, and bytes that are given as they are read. */
function graphThat(
  says: Readonly<Record<string, unknown>>,
  bytes: () => ReadableStream | string = () => 'bytes',
) {
  const requests: Request[] = [];
  const clock = new FakeClock();
  const fetcher: typeof fetch = async (input, init) => {
    requests.push(new Request(input, init));
    return requests.length === 1 ? Response.json(says) : new Response(bytes());
  };
  const net = { fetch: fetcher, clock, timeoutSeconds: 5 };
  const graphUrl = 'https://graph.facebook.com';
  const channel = whatsappChannel(net, { token: 't', phoneNumberId: '1', graphVersion: 'v26.0', graphUrl });
  const load = (maxBytes?: number) =>
    channel.load({ kind: 'image', id: '7' }, limits({ clock }, maxBytes)).catch((error: unknown) => error);
  return { load, requests };
}

test('bot A52: who understates the size is cut off while the bytes come', async () => {
  let given = 0;
  const endless = () =>
    new ReadableStream({
      pull(controller) {
        given += 65_536;
        controller.enqueue(new Uint8Array(65_536));
        // Far above the limit: code without it fails here, and does not eat the machine's memory.
        if (given > 20 * MB) controller.close();
      },
    });
  const url = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=7';
  const { load } = graphThat({ url, file_size: 10, mime_type: 'image/png' }, endless);
  const error = await load(MB);
  expect(String(error)).toContain('is not fetched');
  expect(errorClassOf(error)).toBe('permanent');
  expect(given).toBeLessThan(2 * MB);
});

test.each([
  'https://evil.example/whatsapp_business/attachments/?mid=7',
  'http://lookaside.fbsbx.com/x',
  'https://lookaside.fbsbx.com.evil.example/x',
  'https://evilfbsbx.com/x',
  'file:///etc/passwd',
  'not a url',
  undefined,
])('a hostile URL (%s) gets no token: it is not asked', async (url) => {
  const { load, requests } = graphThat({ url, mime_type: 'image/png' });
  const error = await load();
  expect(String(error)).toContain("The medium's URL is not one of WhatsApp's");
  expect(errorClassOf(error)).toBe('permanent');
  expect(requests).toHaveLength(1);
});

test("Meta's own host is asked, and a redirect of it is not followed", async () => {
  const url = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=7';
  const { load, requests } = graphThat({ url, mime_type: 'image/png' });
  expect(await load()).toMatchObject({ mimeType: 'image/png' });
  expect(requests[1]?.redirect).toBe('manual');
  expect(requests[1]?.headers.get('authorization')).toBe('Bearer t');
});

test("Telegram: getFile, then the file below the Bot API's own address", async () => {
  const world = channelWorld('telegram');
  const id = world.standIn.hold({ bytes: PNG, mimeType: 'image/png' });
  const loaded = await world.channel.load({ kind: 'image', id }, limits(world));
  expect(Buffer.from(loaded.bytes)).toEqual(Buffer.from(PNG));
  expect(loaded.mimeType).toBe('image/png');
  expect(world.requests.map(({ url }) => new URL(url).pathname)).toEqual([
    '/bot1:t/getFile',
    `/file/bot1:t/files/${id}`,
  ]);
  const large = world.standIn.hold({ bytes: new Uint8Array(21 * MB), mimeType: 'video/mp4' });
  const error = await world.channel
    .load({ kind: 'video', id: large, bytes: 21 * MB }, limits(world, 99 * MB))
    .catch(String);
  expect(error).toContain(`more than ${20 * MB} bytes`);
  expect(world.requests).toHaveLength(2);
});

test.each(['https://evil.example/x', '../../bot1:t/getMe', '//evil.example/x', undefined])(
  'Telegram: the path %s is not followed',
  async (path) => {
    const urls: string[] = [];
    const fetcher: typeof fetch = async (input) => {
      urls.push(String(input));
      return Response.json({ ok: true, result: { file_path: path } });
    };
    const clock = new FakeClock();
    const net = { fetch: fetcher, clock, timeoutSeconds: 5 };
    const channel = telegramChannel(net, { token: '1:t', apiUrl: 'https://telegram.example' });
    const load = channel.load({ kind: 'image', id: '7' }, limits({ clock }));
    await expect(load).rejects.toThrow("The medium's path is not one of Telegram's");
    expect(urls).toHaveLength(1);
  },
);

test.each([
  ['an expired token', { kind: 'refuse', code: 190 }, 'hold'],
  ['too many', { kind: 'throttle', retryAfterSeconds: 1 }, 'transient'],
  ['a broken server', { kind: 'broken', platformObject: false }, 'transient'],
  ['nobody there', { kind: 'unreachable' }, 'transient'],
  ['gone', { kind: 'refuse', code: 100 }, 'permanent'],
] as const)('a medium and %s: the class says what to do', async (_, fault, expected) => {
  const world = channelWorld('whatsapp');
  const id = world.standIn.hold({ bytes: PNG, mimeType: 'image/png' });
  world.standIn.fail(fault);
  const error = await world.channel
    .load({ kind: 'image', id }, limits(world))
    .catch((thrown: unknown) => thrown);
  expect(errorClassOf(error)).toBe(expected);
  expect(String(error)).not.toContain('Bearer');
});
