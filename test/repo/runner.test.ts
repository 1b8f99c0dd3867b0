import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findChromium } from '../runner/chromium.ts';
import { countTier, failedTier, summaryLines, type VitestReport } from '../runner/report.ts';
import { tiers } from '../runner/tiers.ts';

const reportOf = (...statuses: string[]): VitestReport => ({
  success: !statuses.includes('failed'),
  numPassedTests: statuses.filter((status) => status === 'passed').length,
  numFailedTests: statuses.filter((status) => status === 'failed').length,
  testResults: [
    {
      name: 'a.test.ts',
      status: statuses.includes('failed') ? 'failed' : 'passed',
      assertionResults: statuses.map((status, index) => ({ fullName: `test ${index}`, status })),
    },
  ],
});

test('scripts run on the Node major that Lambda runs', () => {
  expect(process.version).toMatch(/^v22\./);
});

describe('counting a tier', () => {
  test('passed and failed tests are counted', () => {
    expect(countTier('unit', 3, 1, reportOf('passed', 'failed', 'passed'))).toMatchObject({
      passed: 2,
      failed: 1,
      faults: [],
    });
  });

  test('a skipped test is a failure that is named', () => {
    expect(countTier('unit', 3, 0, reportOf('passed', 'pending'))).toMatchObject({
      passed: 1,
      failed: 1,
      faults: ['pending: test 1'],
    });
  });

  test('a file that cannot be loaded is a failure', () => {
    const report: VitestReport = {
      success: false,
      numPassedTests: 0,
      numFailedTests: 0,
      testResults: [{ name: 'broken.test.ts', status: 'failed', assertionResults: [] }],
    };
    expect(countTier('unit', 3, 1, report)).toMatchObject({
      failed: 1,
      faults: ['could not be run: broken.test.ts'],
    });
  });

  test.each([
    ['no report', countTier('unit', 3, 134)],
    ['no test', countTier('unit', 3, 0, reportOf())],
    ['a bad exit code without a failed test', countTier('unit', 3, 1, reportOf('passed'))],
  ])('%s is one failure with its reason', (_case, result) => {
    expect(result.failed).toBe(1);
    expect(result.faults).toHaveLength(1);
  });
});

test('the summary names every tier and ends with the sum', () => {
  const lines = summaryLines(
    [countTier('unit', 3, 0, reportOf('passed', 'passed')), failedTier('browser', 'not run: no Chromium')],
    ['localstack: needs Docker'],
  );
  expect(lines.at(-1)).toBe('2 passed, 1 failed');
  expect(lines.join('\n')).toContain('browser');
  expect(lines.join('\n')).toContain('not run: no Chromium');
  expect(lines.join('\n')).toContain('localstack: needs Docker');
});

test('npm test leaves out only what needs Docker, and says why', () => {
  const left = tiers.filter((tier) => tier.onRequest !== undefined);
  expect(left.map((tier) => tier.name)).toEqual(['localstack']);
  expect(left[0]?.onRequest).toContain('Docker');
});

test('a missing program is answered with how to get it', async () => {
  const environment = { TERRAFORM_BINARY_NAME: 'no-such-program', CHROMIUM_PATH: '/no/such/browser' };
  const needs = new Set(tiers.filter((tier) => !tier.onRequest).flatMap((tier) => tier.needs));
  const sentences = (await Promise.all([...needs].map((need) => need(environment)))).join('\n');
  expect(sentences).toMatch(/asks for no-such-program, which does not run\. .*opentofu\.org/);
  expect(sentences).toMatch(
    /CHROMIUM_PATH is \/no\/such\/browser, which is no program\. Debian: apt install chromium/,
  );
});

test('Chromium is the one that CHROMIUM_PATH names, or is found in PATH', () => {
  expect(findChromium({ CHROMIUM_PATH: process.execPath, PATH: '/usr/bin' })).toBe(process.execPath);
  expect(findChromium({ PATH: '' })).toBeUndefined();
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-chromium-'));
  symlinkSync(process.execPath, path.join(folder, 'google-chrome'));
  expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(path.join(folder, 'google-chrome'));
  rmSync(folder, { recursive: true });
});
