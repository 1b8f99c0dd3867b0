import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { countTier, failedTier, summaryLines, type TierResult, type VitestReport } from './runner/report.ts';
import { type Tier, tiers } from './runner/tiers.ts';

/**
 * `npm test`: every tier that needs no Docker, one after another. `npm test -- unit faults` runs those.
 * A tier whose prerequisite is missing fails; nothing is skipped silently.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const reports = `${root}dist/reports/tests`;

function runVitest(tier: Tier, reportFile: string): Promise<number | null> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, [vitest, 'run', '--project', tier.project, ...reporters], {
    cwd: root,
    env: { ...process.env, ...tier.environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function runTier(tier: Tier): Promise<TierResult> {
  console.log(`\n=== ${tier.name} ===`);
  const missing = (await Promise.all(tier.needs.map((need) => need(process.env)))).filter(Boolean);
  if (missing.length > 0) return failedTier(tier.name, `not run: ${missing.join(' ')}`);
  const reportFile = `${reports}/${tier.name}.json`;
  rmSync(reportFile, { force: true });
  const start = performance.now();
  const exitCode = await runVitest(tier, reportFile);
  const report = existsSync(reportFile)
    ? (JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport)
    : undefined;
  return countTier(tier.name, (performance.now() - start) / 1000, exitCode, report);
}

async function main(asked: readonly string[]): Promise<number> {
  const unknown = asked.filter((name) => !tiers.some((tier) => tier.name === name));
  if (unknown.length > 0) {
    console.error(
      `No tier is called ${unknown.join(', ')}. Tiers: ${tiers.map((tier) => tier.name).join(', ')}.`,
    );
    return 2;
  }
  const isChosen = (tier: Tier): boolean =>
    asked.length > 0 ? asked.includes(tier.name) : tier.onRequest === undefined;
  mkdirSync(reports, { recursive: true });
  const results: TierResult[] = [];
  for (const tier of tiers.filter(isChosen)) results.push(await runTier(tier));
  const left = tiers
    .filter((tier) => !isChosen(tier))
    .map(({ name, onRequest }) => `${name}: ${onRequest ?? 'not asked for'}`);
  console.log(`\n${summaryLines(results, left).join('\n')}`);
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
