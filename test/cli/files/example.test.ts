import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf } from '../../repo/markdown.ts';
import { hookline } from '../capture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hookline-example-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the first steps of docs/files.md do what the page says', async () => {
  const [lines = ''] = blocksOf('sh')
    .filter(({ file, text }) => file === 'docs/files.md' && text.includes('files run'))
    .map(({ text }) => text);
  const commands = lines
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(1));
  expect(commands).toHaveLength(2);
  const [validate = [], run = []] = commands;
  expect(await hookline(validate)).toMatchObject({ exitCode: 0, error: '' });
  const { exitCode, out } = await hookline([...run, '--out', folder, '--locale', 'en']);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/▲ Partial\nRecords +5 .*\nErrors +0\nWarnings +1\n/);
});
