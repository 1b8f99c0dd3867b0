import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inFolder, publishFromSources, rootWith, terraform } from './terraform.ts';

const published = await mkdtemp(path.join(tmpdir(), 'hookline-published-'));
let module: string;
beforeAll(async () => {
  module = await publishFromSources(published);
});
afterAll(() => rm(published, { recursive: true }));

const OWN = path.join(import.meta.dirname, 'own');

test('the module is valid from another root with nothing but defaults, and keeps what its tests say', () =>
  inFolder(async (folder) => {
    const root = await rootWith(folder, module, ['modules/bot/bot.tftest.hcl']);
    expect(await terraform(root, 'validate')).toContain('Success!');
    expect(await terraform(root, 'test')).toMatch(/Success! \d+ passed, 0 failed\./);
  }));

test('everything can be brought, even when it is made in the same apply', () =>
  inFolder(async (folder) => {
    const files = ['main.tf', 'own.tftest.hcl'].map((name) => path.join(OWN, name));
    const root = await rootWith(folder, module, files);
    expect(await terraform(root, 'validate')).toContain('Success!');
    expect(await terraform(root, 'test')).toMatch(/Success! 2 passed, 0 failed\./);
  }));

test('two builds give the same bytes', () =>
  inFolder(async (folder) => {
    const again = await publishFromSources(folder);
    const names = await readdir(module);
    expect(names.sort()).toEqual([
      'README.md',
      'bot-ingress.zip',
      'bot-worker.zip',
      'bot.zip',
      'main.tf.json',
    ]);
    for (const name of names) {
      const first = await readFile(path.join(module, name));
      expect(first.equals(await readFile(path.join(again, name))), name).toBe(true);
    }
  }));
