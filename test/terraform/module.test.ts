import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inFolder, publishFromSources, rootWith, terraform } from './terraform.ts';

const MODULES = {
  bot: ['README.md', 'bot-ingress.zip', 'bot-worker.zip', 'bot.zip', 'main.tf.json'],
  replies: ['README.md', 'main.tf.json', 'replies-sweeper.zip', 'replies-webhook.zip'],
  files: ['README.md', 'files-detector.zip', 'files-worker.zip', 'main.tf.json'],
} as const;

describe.each(Object.entries(MODULES))('%s', (key, files) => {
  const name = key as keyof typeof MODULES;
  const own = path.join(import.meta.dirname, 'own', name);
  let published: string;
  let module: string;
  beforeAll(async () => {
    published = await mkdtemp(path.join(tmpdir(), 'hookline-published-'));
    module = await publishFromSources(published, name);
  });
  afterAll(() => rm(published, { recursive: true }));

  test('the module is valid from another root with nothing but defaults, and keeps what its tests say', () =>
    inFolder(async (folder) => {
      const root = await rootWith(folder, module, [`modules/${name}/${name}.tftest.hcl`]);
      expect(await terraform(root, 'validate')).toContain('Success!');
      expect(await terraform(root, 'test')).toMatch(/Success! \d+ passed, 0 failed\./);
    }));

  test('everything can be brought, even when it is made in the same apply', () =>
    inFolder(async (folder) => {
      const files = ['main.tf', 'own.tftest.hcl'].map((file) => path.join(own, file));
      const root = await rootWith(folder, module, files);
      expect(await terraform(root, 'validate')).toContain('Success!');
      expect(await terraform(root, 'test')).toMatch(/Success! 2 passed, 0 failed\./);
    }));

  test('two builds give the same bytes', () =>
    inFolder(async (folder) => {
      const again = await publishFromSources(folder, name);
      expect((await readdir(module)).sort()).toEqual(files);
      for (const file of files) {
        const first = await readFile(path.join(module, file));
        expect(first.equals(await readFile(path.join(again, file))), file).toBe(true);
      }
    }));
});
