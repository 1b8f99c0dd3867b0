import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { givenAgent } from '../../cli/dashboard/given-agent.ts';
import { type ServerOptions, startServer } from '../../cli/dashboard/server.ts';
import { deployedWorld } from './bot-world.ts';
import { hookline } from './capture.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

async function serve(options: Partial<ServerOptions> = {}) {
  const seen: string[] = [];
  const server = await startServer(
    async (asked, path) => {
      seen.push(`${asked.method} ${path} ${await asked.text()}`);
      return Response.json({ ok: true });
    },
    { host: '127.0.0.1', port: 0, autoPort: false, token: undefined, ...options },
  );
  onTestFinished(() => server.close());
  const { port } = new URL(server.url);
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET', body = '') =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return { server, port, seen, ask };
}

test('it answers this machine alone: no other name, no other site', async () => {
  const { ask, port, seen } = await serve();
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '[::1]:1'])
    expect((await ask('/api/site', { host })).status).toBe(200);
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '0.0.0.0'])
    expect((await ask('/api/site', { host })).status, host).toBe(421);
  const host = `127.0.0.1:${port}`;
  const foreign = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:1`, 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) expect((await ask('/api/state', { host, ...headers })).status).toBe(403);
  const link = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await ask('/', link)).status).toBe(200);
  expect((await ask('/api/export?chat=1&format=md', link)).status).toBe(403);
  expect(seen).toHaveLength(4);
});

test('with a token nothing is answered before it was given once, in the address or as the cookie', async () => {
  const { ask, seen, server, port } = await serve({ token: 'right-token' });
  expect(server.url).toBe(`http://127.0.0.1:${port}/?token=right-token`);
  for (const path of ['/', '/api/state', '/?token=', '/?token=wrong', '/?token=right-token2'])
    expect((await ask(path)).status, path).toBe(401);
  expect((await ask('/', { cookie: `hookline_dashboard_${port}=wrong` })).status).toBe(401);
  expect(seen).toEqual([]);
  const first = await ask('/?token=right-token');
  expect(first).toMatchObject({ status: 303, headers: { location: '/' } });
  const [cookie = ''] = first.headers['set-cookie'] as string[];
  expect(cookie).toBe(`hookline_dashboard_${port}=right-token; Path=/; HttpOnly; SameSite=Strict`);
  const carried = { cookie: `other=1; ${cookie.split(';')[0]}` };
  expect((await ask('/api/state', carried)).status).toBe(200);
  expect((await ask('/api/state', { ...carried, host: 'evil.example' })).status).toBe(421);
});

test('the printed address lets in although the browser still has the cookie of an earlier run', async () => {
  const { ask, port } = await serve({ token: 'new-token' });
  const cookie = `hookline_dashboard_${port}=old-token`;
  expect((await ask('/', { cookie })).status).toBe(401);
  expect((await ask('/?token=new-token', { cookie })).status).toBe(303);
});

test('listening everywhere, the token is what lets in, under any name', async () => {
  const { ask } = await serve({ host: '0.0.0.0', token: 'right' });
  const cookie = 'hookline_dashboard_8765=right';
  expect((await ask('/api/site', { host: 'box.lan:8765', cookie })).status).toBe(200);
  expect((await ask('/api/site', { host: 'box.lan:8765' })).status).toBe(401);
});

test('a body is passed on, and one that is too large is not', async () => {
  const { ask, seen } = await serve();
  expect((await ask('/api/takeover', {}, 'POST', '{"a":1}')).status).toBe(200);
  expect(seen).toEqual(['POST /api/takeover {"a":1}']);
  expect((await ask('/api/takeover', {}, 'POST', 'x'.repeat(140_000))).status).toBe(413);
});

/** A server that has a port already. */
async function taken(): Promise<number> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  return (other.address() as AddressInfo).port;
}

test('a port in use is said, or the next free one is taken', async () => {
  const port = await taken();
  await expect(serve({ port })).rejects.toThrow(`Port ${port} is in use. Choose another with --port`);
  const { server } = await serve({ port, autoPort: true });
  expect(Number(new URL(server.url).port)).toBeGreaterThan(port);
});

test('the command refuses another host without a token, bad numbers, and a bot that is not there', async () => {
  const { aws } = deployedWorld();
  const run = (...args: string[]) => hookline(['bot', 'dashboard', ...args], { aws });
  const open = await run('--host', '0.0.0.0');
  expect(open).toMatchObject({ exitCode: 2 });
  expect(open.error).toContain('0.0.0.0 is open to other machines: add --token');
  for (const args of [
    ['--port', 'x'],
    ['--port', '70000'],
    ['--history-limit', '0'],
    ['--history-limit', '1.5'],
  ])
    expect((await run(...args)).exitCode, args.join(' ')).toBe(2);
  expect(await run('--project', 'nobody')).toMatchObject({
    exitCode: 1,
    error: expect.stringContaining('There is no bot "nobody"'),
  });
});

test('the command serves the page and the bot until it is interrupted, and opens the browser unless told not to', async () => {
  const { aws, sqs, lambda, clock } = deployedWorld();
  const interruption = new AbortController();
  const opened: string[] = [];
  let url = '';
  const running = hookline(['bot', 'dashboard', '--project', 'shop', '--port', '0'], {
    aws,
    redriveClients: async () => ({ sqs, lambda, clock }),
    interruption: () => interruption.signal,
    runProgram: async (_program, [address = '']) => {
      opened.push(address);
      url = address;
      return undefined;
    },
  });
  await expect.poll(() => url, { timeout: 15_000 }).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const html = await (await fetch(url)).text();
  expect(html).toContain('<main id="view"');
  for (const [, file] of html.matchAll(/(?:href|src)="(\w+\.\w+)"/g))
    expect((await fetch(new URL(file ?? '', url))).status, file).toBe(200);
  expect(await (await fetch(new URL('api/site', url))).json()).toMatchObject({
    bots: [{ name: 'shop' }],
    isWritable: false,
    historyLimit: 200,
  });
  interruption.abort();
  const { exitCode, out } = await running;
  expect(exitCode).toBe(0);
  expect(out).toContain(`Dashboard of shop: ${url}`);
  expect(out).toContain('It only reads; --write allows changes.');
  expect(opened).toEqual([url]);
});

test('replays ask an agent that is given by its file; one without an agent is refused', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const good = file('good.mjs', 'export const agent = (turn, { getKey }) => getKey("WORD") + turn.text;');
  const { agent, getKey } = await givenAgent(good, { WORD: 're ' });
  expect(await agent?.({ text: 'x' } as never, { getKey } as never)).toBe('re x');
  const empty = file('empty.mjs', 'export const other = 1;');
  const { aws } = deployedWorld();
  const args = ['bot', 'dashboard', '--project', 'shop', '--no-browser', '--agent', empty];
  expect(await hookline(args, { aws })).toMatchObject({
    exitCode: 1,
    error: expect.stringContaining('exports no agent'),
  });
});
