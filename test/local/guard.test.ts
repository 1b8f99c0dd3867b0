import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../local/server.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import { controlRoute, platformRoute } from '../../local/stand-ins/routes.ts';
import { createTelegramStandIn } from '../../local/stand-ins/telegram.ts';

async function stand() {
  const standIns = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
  const opened = async () => new Response('opened');
  const routes = [platformRoute(standIns), controlRoute(standIns), opened];
  const server = await startServer(routes, 0, '127.0.0.1');
  onTestFinished(() => server.close());
  const call = (method: string, path: string, headers: Record<string, string>, body = '') =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request({ port: server.port, host: '127.0.0.1', method, path, headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return { standIns, call, self: `http://127.0.0.1:${server.port}` };
}

/** What a browser sends without asking first: text/plain from another site. */
const PAGE = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
const MESSAGE = '{"chat_id":5550000143,"text":"private"}';

describe('a page of another site', () => {
  it('cannot make the platform fail', async () => {
    const { standIns, call } = await stand();
    expect((await call('POST', '/_stand-in/telegram/faults', PAGE, '{"kind":"broken"}')).status).toBe(403);
    expect((await call('POST', '/bot1:x/sendMessage', {}, MESSAGE)).status).toBe(200);
    expect(standIns.telegram.calls).toMatchObject([{ fault: undefined }]);
  });

  it('cannot put words into the mouth of the bot', async () => {
    const { standIns, call } = await stand();
    expect((await call('POST', '/bot1:x/sendMessage', PAGE, MESSAGE)).status).toBe(403);
    expect(standIns.telegram.calls).toEqual([]);
  });

  it.each([
    ['an origin alone', { origin: 'https://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['a site alone', { 'sec-fetch-site': 'cross-site' }],
    ['an origin that is hidden', { origin: 'null' }],
  ])('is known by %s', async (_what, headers) => {
    const { call } = await stand();
    expect((await call('GET', '/_stand-in/telegram/sent', headers)).status).toBe(403);
  });

  it('may link to a page of this machine and to nothing else, so that it holds no event stream', async () => {
    const { call } = await stand();
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await call('GET', '/', link)).status).toBe(200);
    expect((await call('GET', '/api/events', link)).status).toBe(403);
    expect((await call('POST', '/', link)).status).toBe(403);
  });

  it('does not read what the bot says under a name that was bound to this machine', async () => {
    const { call } = await stand();
    await call('POST', '/bot1:x/sendMessage', {}, MESSAGE);
    for (const host of [
      'evil.example:4780',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '192.168.1.2:4780',
    ]) {
      const { status, text } = await call('GET', '/_stand-in/telegram/sent', { host });
      expect(status).toBe(421);
      expect(text).not.toContain('private');
    }
  });
});

describe('passed are', () => {
  it.each(['127.0.0.1:4780', 'localhost:4780', '[::1]:4780', 'host.docker.internal:4780'])(
    'functions and tools that ask for %s',
    async (host) => {
      const { call } = await stand();
      expect((await call('GET', '/_stand-in/telegram/sent', { host })).status).toBe(200);
    },
  );

  it('pages that were loaded from here', async () => {
    const { call, self } = await stand();
    const own = { origin: self, 'sec-fetch-site': 'same-origin' };
    expect((await call('POST', '/_stand-in/telegram/faults', own, '{"kind":"broken"}')).status).toBe(200);
  });
});

it('a call of megabytes is not kept whole', async () => {
  const { standIns, call } = await stand();
  const body = JSON.stringify({ chat_id: 7, text: 'short', reply_markup: 'x'.repeat(1_000_000), last: 1 });
  expect((await call('POST', '/bot1:x/sendMessage', {}, body)).status).toBe(200);
  expect(
    (await call('POST', '/bot1:x/sendMessage', {}, body.replace('short', 'x'.repeat(100_000)))).status,
  ).toBe(400);
  expect(standIns.telegram.calls).toMatchObject([
    { text: 'short', body: { chat_id: 7, text: 'short', last: 1 } },
  ]);
  expect(JSON.stringify(standIns.telegram.calls).length).toBeLessThan(64 * 1024);
});
