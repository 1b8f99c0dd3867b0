import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { testBot } from '../../../runtime/bot/testing/index.ts';

const AWS_VARIABLES = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));

beforeEach(() => {
  for (const name of AWS_VARIABLES) vi.stubEnv(name, undefined);
  vi.stubGlobal('fetch', () => expect.fail('the network is closed'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('bot A71: three lines test an agent, and its history is kept from one text to the next', async () => {
  const agent: Agent = (turn, { history }) => `${turn.text}, after ${history.read().length} rows`;
  const bot = testBot({ agent });
  expect(await bot.sendText('hello')).toMatchObject([{ type: 'text', text: 'hello, after 0 rows' }]);
  expect(await bot.sendText('again')).toMatchObject([{ text: 'again, after 2 rows' }]);
  expect(await testBot({ agent }).sendText('elsewhere')).toMatchObject([{ text: 'elsewhere, after 0 rows' }]);
});

test('bot A71: no AWS client is loaded', async () => {
  const { metafile } = await build({
    entryPoints: ['runtime/bot/testing/index.ts'],
    bundle: true,
    write: false,
    splitting: true,
    outdir: 'nowhere',
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    logLevel: 'silent',
  });
  const entry = Object.entries(metafile.outputs).find(([, output]) =>
    output.entryPoint?.endsWith('testing/index.ts'),
  );
  const seen = new Set<string>();
  const packages: string[] = [];
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { path, kind, external } of metafile.outputs[name]?.imports ?? []) {
      if (external) packages.push(path);
      else if (kind === 'import-statement') visit(path);
    }
  };
  visit(entry?.[0] ?? '');
  expect(seen.size).toBeGreaterThan(0);
  expect(packages.filter((name) => !name.startsWith('node:'))).toEqual([]);
});

describe.each(['whatsapp', 'telegram'] as const)('a test bot on %s', (provider) => {
  test('the agent sees a turn as from the platform', async () => {
    const seen: unknown[] = [];
    const bot = testBot({
      provider,
      agent: (turn, { getKey }) => {
        seen.push(turn.provider, turn.kind, turn.text, turn.timestamp, getKey('SHOP'));
        return null;
      },
      environment: { SHOP: 'open' },
    });
    bot.advance(60);
    expect(await bot.sendText('hello')).toEqual([]);
    expect(seen).toEqual([provider, 'text', 'hello', '2026-01-05T09:01:00.000Z', 'open']);
  });

  test('long texts are cut, commands answered, and /clear forgets', async () => {
    const rows: number[] = [];
    const bot = testBot({
      provider,
      agent: (_, { history }) => {
        rows.push(history.read().length);
        return 'word '.repeat(1000);
      },
    });
    expect(await bot.sendText('hello')).toHaveLength(2);
    expect((await bot.sendText('/clear'))[0]?.text).toMatch(/cleared/);
    await bot.sendText('hello');
    expect(rows).toEqual([0, 0]);
  });

  test('buttons are shown and pressed, by title or by id', async () => {
    const bot = testBot({
      provider,
      agent: (turn) => {
        if (turn.kind !== 'text') return `${turn.text} ${JSON.stringify(turn.data)}`;
        const buttons = [
          { id: 'yes-1', title: 'Yes' },
          { id: 'no-1', title: 'No' },
        ];
        return [{ type: 'text', content: { response: 'Sure?', buttons } }];
      },
    });
    const [question] = await bot.sendText('delete it');
    expect(question).toMatchObject({ text: 'Sure?', choices: [{ title: 'Yes' }, { title: 'No' }] });
    expect((await bot.press('Yes'))[0]?.text).toContain('yes-1');
    expect((await bot.press('no-1'))[0]?.text).toContain('no-1');
    await expect(bot.press('Maybe')).rejects.toThrow('No reply has a button or a row "Maybe"');
  });

  test('media come with their caption, and media go out', async () => {
    const bot = testBot({
      provider,
      agent: ({ media, text, isVoiceNote }) => [
        { type: 'text', content: `${media[0]?.kind} ${media[0]?.mimeType} ${text} ${isVoiceNote}` },
        { type: 'image', content: { kind: 'url', url: 'https://example.com/a.jpg', caption: 'look' } },
      ],
    });
    const [words, picture] = await bot.sendMedia({ type: 'image', caption: 'mine' });
    expect(words?.text).toBe('image image/jpeg mine false');
    expect(picture).toMatchObject({ type: 'image', text: 'look' });
    const [voice] = await bot.sendMedia({ type: 'audio', isVoiceNote: true });
    expect(voice?.text).toBe('audio audio/ogg  true');
  });

  test('what the agent throws, the test sees; the next text is answered', async () => {
    const bot = testBot({
      provider,
      agent: (turn) => {
        if (turn.text === 'break') throw new TypeError('cannot read it');
        return 'fine';
      },
    });
    await expect(bot.sendText('break')).rejects.toThrow(new TypeError('cannot read it'));
    expect(await bot.sendText('again')).toMatchObject([{ text: 'fine' }]);
  });

  test('a reply that the platform would not take fails the test', async () => {
    const bot = testBot({ provider, agent: () => [{ type: 'hologram', content: '' }] });
    await expect(bot.sendText('hello')).rejects.toThrow('hologram');
  });

  test('rules of the ingress hold: here a user who is not allowed, and a limit of two a minute', async () => {
    const agent = () => 'fine';
    const closed = testBot({ provider, agent, environment: { ALLOWED_USERS_JSON: '["1"]' } });
    expect(await closed.sendText('hello')).toEqual([]);
    const environment = { INGRESS_RATE_PER_MINUTE: '2', RATE_LIMIT_MESSAGE: 'slowly' };
    const bot = testBot({ provider, agent, environment });
    const texts: (string | undefined)[] = [];
    for (let count = 0; count < 4; count++) texts.push((await bot.sendText('hello'))[0]?.text);
    expect(texts).toEqual(['fine', 'fine', 'slowly', undefined]);
    bot.advance(61);
    expect(await bot.sendText('hello')).toMatchObject([{ text: 'fine' }]);
  });
});
