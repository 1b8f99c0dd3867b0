import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bundleFolder } from '../../modules/parts/bundles.ts';

test("the warnings of SQLite and of the AWS SDK do not stand in a command's output; others do", () => {
  const code = `
    const { quietWarnings } = await import('./cli/warnings.ts');
    quietWarnings(process);
    await import('node:sqlite');
    process.emitWarning('NodeVersionSupportWarning: The AWS SDK for JavaScript (v3) will no longer support it.');
    process.emitWarning('of something else');`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', code];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toContain('of something else');
  expect(stderr).not.toMatch(/SQLite|AWS SDK/);
  const plain = spawnSync(process.execPath, ['-e', "require('node:sqlite')"], { encoding: 'utf8' });
  expect(plain.stderr).toContain('SQLite');
  expect(execFileSync(process.execPath, ['--import', 'tsx', 'cli/main.ts', '--version'])).toBeTruthy();
});

test('only in a clone is it said to build the zips', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-zips-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect(() => bundleFolder('bot-ingress.zip', folder)).toThrow(
    'The package hookline has no zips in dist/bundles: install it again.',
  );
  mkdirSync(path.join(folder, 'runtime'));
  writeFileSync(path.join(folder, 'runtime', 'build.ts'), '');
  expect(() => bundleFolder('bot-ingress.zip', path.join(folder, 'modules'))).toThrow(
    'run "npm run build" first',
  );
});
