import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLES, buildAgentBundle, buildBundles } from '../../runtime/build.ts';
import { type Bundle, loadedBytes } from '../../runtime/bundle.ts';
import { httpEvent, lambdaContext } from '../support/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookline-build-'));
const inFolder = (name: string) => join(folder, name);
let built: readonly Bundle[] = [];
const named = (name: string) => built.find((bundle) => bundle.name === name) as Bundle;

beforeAll(async () => {
  built = await buildBundles({ outdir: inFolder('first') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The zip as Lambda unpacks it, imported. */
async function importZip(zipPath: string, name: string): Promise<{ handler: Handler }> {
  for (const [file, bytes] of Object.entries(unzipSync(readFileSync(zipPath)))) {
    mkdirSync(inFolder(name), { recursive: true });
    writeFileSync(join(inFolder(name), file), bytes);
  }
  return import(/* @vite-ignore */ pathToFileURL(join(inFolder(name), 'index.mjs')).href);
}
type Handler = (event: unknown, context: unknown) => Promise<unknown>;

describe('bundles', () => {
  it('two builds are byte-identical, wherever the machine is', async () => {
    const zone = process.env.TZ;
    process.env.TZ = 'America/Los_Angeles';
    try {
      const again = await buildBundles({ outdir: inFolder('second') });
      expect(again.map(({ name }) => name)).toEqual(Object.keys(BUNDLES));
      for (const { name, zipPath } of again)
        expect(readFileSync(zipPath).equals(readFileSync(named(name).zipPath)), name).toBe(true);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it('bot A57: the zips hold the handler and its chunks, no .env and no params.json', () => {
    for (const { zipPath } of built) {
      const names = Object.keys(unzipSync(readFileSync(zipPath)));
      expect(names).toContain('index.mjs');
      expect(names.filter((name) => !/^[A-Za-z0-9-]+?(-[A-Z0-9]{8})?\.mjs$/.test(name))).toEqual([]);
    }
  });

  it('stay within what a default configuration may load', () => {
    const loaded = (name: keyof typeof BUNDLES) => loadedBytes(named(name).metafile, BUNDLES[name].eager);
    expect(loaded('bot-ingress')).toBeLessThan(420_000);
    expect(loaded('replies-webhook')).toBeLessThan(420_000);
    expect(loaded('replies-sweeper')).toBeLessThan(420_000);
    expect(loaded('bot-worker')).toBeLessThan(750_000);
    expect(loaded('replies-worker')).toBeLessThan(750_000);
  });

  it('every module that the size table counts on is there', () => {
    for (const { name, metafile } of built) {
      const entryPoints = Object.values(metafile.outputs).map((output) => output.entryPoint ?? '');
      for (const source of BUNDLES[name as keyof typeof BUNDLES].eager)
        expect(
          entryPoints.some((entry) => entry.endsWith(source)),
          `${name}: ${source}`,
        ).toBe(true);
    }
  });

  it('bot A1: the front hop holds no worker, agent or history code', () => {
    const inputs = Object.keys(named('bot-ingress').metafile.inputs);
    expect(inputs.some((input) => input.endsWith('bot/ingress.ts'))).toBe(true);
    expect(inputs.filter((input) => /bot\/(worker|agents|history|journal)/.test(input))).toEqual([]);
  });

  it('the built front hop answers', async () => {
    const { handler } = await importZip(named('bot-ingress').zipPath, 'unpacked-ingress');
    const answer = await handler(httpEvent({ body: '{}' }), lambdaContext());
    // This process has no bot's environment.
    expect(answer).toMatchObject({ statusCode: 500, body: '"Bot is misconfigured."' });
  });
});

describe('a user’s own agent', () => {
  const write = (name: string, text: string) => {
    writeFileSync(inFolder(name), text);
    return inFolder(name);
  };
  const build = (file: string, name: string) => buildAgentBundle(file, inFolder('agents'), name);

  it.each([
    ['default', 'export default (turn: { text: string }) => turn.text.toUpperCase();'],
    ['agent', 'export const agent = () => "hello"; export const other = 1;'],
    ['default of an async function', 'export default async function answer() { return null; }'],
  ])('exported as %s gets the worker around it', async (_name, text) => {
    const { zipPath, metafile } = await build(write('agent.ts', text), 'wrapped');
    expect(Object.keys(metafile.inputs).some((input) => input.endsWith('bot/worker-handler.ts'))).toBe(true);
    const { handler } = await importZip(zipPath, `unpacked-${_name.length}`);
    expect(handler).toBeTypeOf('function');
    const again = await build(inFolder('agent.ts'), 'wrapped-again');
    expect(readFileSync(again.zipPath).equals(readFileSync(zipPath))).toBe(true);
  });

  it('may be a handler file of three lines', async () => {
    const text = [
      "import { buildLambdaHandler } from 'hookline/bot';",
      'const agent = (turn: { text: string }) => "You said " + turn.text;',
      "export const handler = buildLambdaHandler('telegram', { agent });",
    ].join('\n');
    const { zipPath } = await build(write('handler.ts', text), 'own-handler');
    const { handler } = await importZip(zipPath, 'unpacked-own');
    expect(await handler({}, lambdaContext())).toMatchObject({ statusCode: 400 });
  });

  it('is refused with a reason', async () => {
    await expect(build(write('none.ts', 'export const x = 1;'), 'none')).rejects.toThrow('exports no agent');
    await expect(build(inFolder('missing.ts'), 'missing')).rejects.toThrow('There is no file');
  });
});
