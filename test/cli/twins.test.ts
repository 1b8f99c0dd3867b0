import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { argumentsOf, describe as describeProject, removeProject, start, update } from '../../cli/index.ts';
import { hookline } from './capture.ts';

test('options become the words of the command line', () => {
  expect(
    argumentsOf({
      dryRun: true,
      yes: false,
      backup: false,
      dir: 'a',
      set: ['b=1', 'c=2'],
      region: undefined,
    }),
  ).toEqual(['--dry-run', '--no-backup', '--dir=a', '--set=b=1', '--set=c=2']);
});

test('each function resolves to the exit code of its command', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'hookline-twins-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  expect(await start({ dir, project: 'shop', bot: 'telegram' })).toBe(0);
  expect(existsSync(path.join(dir, 'hookline.json'))).toBe(true);
  expect(await describeProject({ dir, aws: false })).toBe(0);
  expect(await update({ dir, set: { busy_policy: 'perhaps' } })).toBe(1);
  expect(await removeProject({ dir: path.join(dir, 'none'), yes: true })).toBe(2);
});

test('every command that a function stands for has the options that it takes', async () => {
  for (const [name, options] of Object.entries({
    start: [
      '--dir',
      '--project',
      '--region',
      '--bot',
      '--provider',
      '--model',
      '--overwrite',
      '--install-deps',
    ],
    update: ['--dir', '--config', '--set', '--plan', '--dry-run', '--yes', '--quiet'],
    'pull-history': ['--project', '--user-id', '--dest', '--json'],
    describe: ['--no-aws', '--json', '--dir'],
    list: ['--region', '--json'],
    remove: ['--backup', '--no-backup', '--yes', '--project'],
  })) {
    const { out } = await hookline(['bot', name, '--help']);
    for (const option of options) expect(out, name).toContain(option);
  }
});
