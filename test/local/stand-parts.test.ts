import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readArguments } from '../../local/arguments.ts';
import { chosenBackend, emulatedApi, emulatedUrl } from '../../local/emulator/emulator.ts';
import { useExternal } from '../../local/emulator/external.ts';
import { openStandFolder } from '../../local/kept-state.ts';
import { startServer } from '../../local/server.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import { controlRoute, platformRoute } from '../../local/stand-ins/routes.ts';
import { createTelegramStandIn } from '../../local/stand-ins/telegram.ts';

describe('the command line', () => {
  it('has a default for everything', () => {
    expect(readArguments([])).toEqual({
      help: false,
      once: false,
      systems: ['bot'],
      provider: 'whatsapp',
      agentFile: undefined,
      port: 4780,
    });
    expect(readArguments(['--once', '--telegram', '--agent', 'a.ts', '--port', '5000'])).toMatchObject({
      once: true,
      provider: 'telegram',
      agentFile: 'a.ts',
      port: 5000,
    });
  });

  it('brings up the system that is named, or all', () => {
    expect(readArguments(['--system', 'replies']).systems).toEqual(['replies']);
    expect(readArguments(['--system', 'files']).systems).toEqual(['files']);
    expect(readArguments(['--all', '--telegram']).systems).toEqual(['bot', 'replies', 'files']);
  });

  it.each([
    [['--system', 'sms'], /--system needs bot, replies or files, not "sms"/],
    [['--system', 'bot', '--all'], /Give --system or --all, not both/],
    [['--system', 'replies', '--telegram'], /--telegram is for the bot: add --all/],
    [['--system', 'files', '--telegram'], /--telegram is for the bot: add --all/],
    [['--system', 'replies', '--agent', 'a.ts'], /--agent is for the bot/],
    [['--onec'], /Unknown option '--onec'.*--help/],
    [['extra'], /Unexpected argument 'extra'/],
    [['--port', 'abc'], /--port needs a number from 1 to 65535, not "abc"/],
    [['--port', '70000'], /65535/],
    [['--agent'], /--agent <value>/],
  ])('refuses %j in a sentence', (args, sentence) => {
    expect(() => readArguments(args)).toThrow(sentence);
  });
});

describe('the back end', () => {
  it('is MiniStack unless another is named, and never one that was not asked for', () => {
    expect(chosenBackend(undefined)).toBe('ministack');
    expect(chosenBackend('localstack')).toBe('localstack');
    expect(() => chosenBackend('moto')).toThrow('it must be ministack, localstack or external');
  });

  it('of somebody else must be named and answer', async () => {
    await expect(useExternal(undefined)).rejects.toThrow('AWS_ENDPOINT_URL must say where it is');
  });

  it('answers for an API address of AWS', () => {
    expect(
      emulatedUrl('http://127.0.0.1:1', 'https://abc.execute-api.us-east-1.amazonaws.com/Prod/webhook'),
    ).toBe('http://127.0.0.1:1/_aws/execute-api/abc/Prod/webhook');
    expect(emulatedApi('http://127.0.0.1:1', 'abc', '/dev/whatsapp')).toBe(
      'http://127.0.0.1:1/_aws/execute-api/abc/dev/whatsapp',
    );
  });
});

describe('the folder of a stand', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hookline-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is used by one start at a time; one that crashed does not hold it', async () => {
    const first = await openStandFolder(folder);
    await expect(openStandFolder(folder)).rejects.toThrow(
      `already runs in this folder (process ${process.pid}). End it with Ctrl-C. ` +
        `If that process is another program, delete ${path.join(folder, 'pid')}.`,
    );
    await first.release();
    await writeFile(path.join(folder, 'pid'), '999999999');
    await (await openStandFolder(folder)).release();
  });

  it('is for its owner only', async () => {
    await chmod(folder, 0o755);
    const stand = await openStandFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await stand.release();
  });

  it('remembers what belongs together until it is changed, and can start over', async () => {
    const stand = await openStandFolder(folder);
    const kept = { port: 1234, serverPort: 4321, applied: { a: { stamp: 's', outputs: { url: 'u' } } } };
    expect(await stand.kept()).toBeUndefined();
    await stand.keep(kept);
    expect(await stand.kept()).toEqual(kept);
    await stand.forget();
    expect(await stand.kept()).toBeUndefined();
    await stand.keep(kept);
    await mkdir(path.join(stand.terraform('a'), '.terraform'), { recursive: true });
    await writeFile(path.join(stand.terraform('a'), 'terraform.tfstate'), '{}');
    await mkdir(stand.emulator);
    await stand.startOver();
    expect(await stand.kept()).toBeUndefined();
    expect(existsSync(stand.emulator)).toBe(false);
    expect(existsSync(path.join(stand.terraform('a'), 'terraform.tfstate'))).toBe(false);
    expect(existsSync(path.join(stand.terraform('a'), '.terraform'))).toBe(true);
    await stand.release();
  });
});

describe('the stand-ins over HTTP', () => {
  it('speak, are told to fail, tell what they were sent, and lose an answer by breaking the connection', async () => {
    const standIns = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
    const server = await startServer([platformRoute(standIns), controlRoute(standIns)], 0, '127.0.0.1');
    const url = `http://127.0.0.1:${server.port}`;
    const send = (text: string) =>
      fetch(`${url}/bot1:x/sendMessage`, { method: 'POST', body: JSON.stringify({ chat_id: 7, text }) });
    try {
      expect((await send('one')).status).toBe(200);
      const told = await fetch(`${url}/_stand-in/telegram/faults`, {
        method: 'POST',
        body: '{"kind":"lose-answer"}',
      });
      expect(told.status).toBe(200);
      await expect(send('two')).rejects.toThrow('fetch failed');
      const wrong = await fetch(`${url}/_stand-in/telegram/faults`, {
        method: 'POST',
        body: '{"kind":"explode"}',
      });
      expect(wrong.status).toBe(400);
      const sent = await (await fetch(`${url}/_stand-in/telegram/sent?chat=7`)).json();
      expect(sent).toMatchObject([{ text: 'one' }, { text: 'two' }]);
      await fetch(`${url}/_stand-in/telegram`, { method: 'DELETE' });
      expect(await (await fetch(`${url}/_stand-in/telegram/calls`)).json()).toEqual([]);
      expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
      await expect(startServer([], server.port, '127.0.0.1')).rejects.toThrow(/in use.*--port/);
    } finally {
      await server.close();
    }
  });
});
