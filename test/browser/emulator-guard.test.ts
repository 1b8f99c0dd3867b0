import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Emulator, startEmulator } from '../../local/emulator/emulator.ts';
import { deleteEnvironment, emulatorClient, putEnvironment } from '../../local/secrets.ts';
import { startServer } from '../../local/server.ts';
import { openBrowser, type TestBrowser } from './browser.ts';

const NAME = '/bot/prod/env';
const KEY = 'sk-only-a-test';
const { standInUrl } = inject('console');
let parent: string;
let folder: string;
let emulator: Emulator;

const start = () => startEmulator('ministack', { folder, persist: true, say: () => {} });

beforeAll(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'hookline-guard-'));
  folder = path.join(parent, 'emulator');
  emulator = await start();
  await putEnvironment(emulator.endpoint, NAME, `OPENAI_API_KEY=${KEY}\n`);
});
afterAll(async () => {
  await emulator.stop();
  await rm(parent, { recursive: true });
});

const GET_PARAMETER = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'AmazonSSM.GetParameter',
  authorization:
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0',
};
const QUESTION = JSON.stringify({ Name: NAME, WithDecryption: true });

/** Asks for the secrets as somebody with these headers. */
const ask = (method: string, headers: Readonly<Record<string, string>>) =>
  new Promise<{ status: number; allowed: string | undefined; text: string }>((resolve, reject) => {
    const sent = request(
      emulator.endpoint,
      { method, headers: { ...GET_PARAMETER, ...headers } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        const allowed = answer.headers['access-control-allow-origin'];
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, allowed, text }));
      },
    );
    sent.on('error', reject);
    sent.end(method === 'OPTIONS' ? undefined : QUESTION);
  });

describe('the emulator', () => {
  it('answers functions and tools of this machine', async () => {
    const { port } = new URL(emulator.endpoint);
    for (const name of ['127.0.0.1', 'localhost', 'host.docker.internal'])
      expect(await ask('POST', { host: `${name}:${port}` })).toMatchObject({
        status: 200,
        text: expect.stringContaining(KEY),
      });
  });

  it.each([
    ['an origin', { origin: 'https://evil.example' }],
    ['a site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['a rebound name', { host: 'evil.example:4566' }],
    ['a name that begins well', { host: '127.0.0.1.evil.example' }],
  ])('answers nobody with %s', async (_what, headers) => {
    for (const method of ['POST', 'OPTIONS'])
      expect(await ask(method, headers)).toEqual({
        status: 403,
        allowed: undefined,
        text: expect.not.stringContaining(KEY),
      });
  });
});

describe('a page of another site in the real browser', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('neither reads nor reaches emulator and stand-ins', async () => {
    const page = async () =>
      new Response('<title>evil</title>', { headers: { 'content-type': 'text/html' } });
    const server = await startServer([page], 0, '127.0.0.1');
    const tab = await browser.context.newPage();
    try {
      await tab.goto(`http://localhost:${server.port}/`);
      const tryOut = async (url: string, init: object) =>
        tab.evaluate(
          ([to, how]) =>
            fetch(to, how).then(
              (answer) => answer.text(),
              (error) => `failed: ${error}`,
            ),
          [url, init] as const,
        );
      const read = { method: 'POST', headers: GET_PARAMETER, body: QUESTION };
      expect(await tryOut(emulator.endpoint, read)).toContain('failed:');
      const write = { method: 'POST', mode: 'no-cors', body: '{"chat_id":66,"text":"evil"}' };
      await tryOut(`${standInUrl}/bot1:x/sendMessage`, write);
      expect(await (await fetch(`${standInUrl}/_stand-in/telegram/calls?chat=66`)).json()).toEqual([]);
    } finally {
      await tab.close();
      await server.close();
    }
  });
});

describe('secrets', () => {
  it('are never on disk, and the folder is for its owner only', async () => {
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await emulator.stop();
    expect(execFileSync('find', [folder, '-name', 'iam.json'], { encoding: 'utf8' })).not.toBe('');
    const encoded = Buffer.from(`OPENAI_API_KEY=${KEY}`).toString('base64').slice(0, 24);
    for (const words of [KEY, encoded])
      expect(
        execFileSync('sh', ['-c', `grep -rl '${words}' '${folder}' || true`], { encoding: 'utf8' }),
      ).toBe('');
  });

  it('are deleted from an emulator that goes on', async () => {
    emulator = await start();
    const ssm = new SSMClient(emulatorClient(emulator.endpoint));
    const read = () => ssm.send(new GetParameterCommand({ Name: NAME }));
    await expect(read()).rejects.toThrow(/not ?found/i);
    await putEnvironment(emulator.endpoint, NAME, 'A=1\n');
    await read();
    await deleteEnvironment(emulator.endpoint, NAME);
    await expect(read()).rejects.toThrow(/not ?found/i);
    await deleteEnvironment(emulator.endpoint, NAME);
  });
});
