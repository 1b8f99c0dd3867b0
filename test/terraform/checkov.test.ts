import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { pythonWith } from '../../local/emulator/python.ts';
import { synthFiles } from '../modules/files-synth.ts';
import { synthReplies } from '../modules/replies-synth.ts';
import { type Synthesised, synthBot } from '../modules/synth.ts';
import { inFolder } from './terraform.ts';

const run = promisify(execFile);
const WAIVERS = path.resolve('modules/checkov.yaml');

const warm = { manageApiGatewayAccount: true, workerProvisionedConcurrency: { min: 1, max: 2 } };

/** Together they have every resource that a system can have. */
const SHAPES: Readonly<Record<string, () => Synthesised>> = {
  bot: () => synthBot(),
  queued_bot: () => synthBot({ busyPolicy: 'fifo', api: 'http', singleFunction: true }),
  url_bot: () => synthBot({ busyPolicy: 'merge', api: 'function_url', botType: 'telegram' }),
  logged_bot: () => synthBot(warm),
  replies: () => synthReplies(),
  logged_replies: () => synthReplies({ ...warm, environmentName: 'prod', steadyTraffic: true }),
  files: () => synthFiles(),
  queued_files: () =>
    synthFiles({ dispatch: 'sqs', dailyBudgetUsd: 10, provisionedConcurrency: { min: 2, max: 5 } }),
};

interface Report {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[];
  };
}

let python: string;
beforeAll(async () => {
  const requirements = path.join(import.meta.dirname, 'checkov/requirements.txt');
  const folder = path.resolve('.hookline/python');
  const options = { requirements, name: 'checkov', what: 'checkov', folder, signal: undefined };
  python = await pythonWith({ ...options, say: (line) => console.log(line) });
});

/** Checks the synthesised Terraform of every shape with nothing waived. */
const check = (): Promise<Report> =>
  inFolder(async (folder) => {
    for (const [shape, synth] of Object.entries(SHAPES)) {
      await mkdir(path.join(folder, shape));
      await writeFile(path.join(folder, shape, 'cdk.tf.json'), JSON.stringify(synth()));
    }
    const options = ['--framework', 'terraform_json', '--quiet', '--compact', '--output', 'json'];
    const checkov = ['-m', 'checkov.main', '-d', folder, '--soft-fail', '--skip-download', ...options];
    // It leaves a cache of its grammar in the temporary folder.
    const env = { ...process.env, TMPDIR: folder };
    const { stdout } = await run(python, checkov, { maxBuffer: 1e9, env });
    return JSON.parse(stdout);
  });

test('checkov has nothing to say but what is waived with a reason, and no waiver is stale', async () => {
  const lines = (await readFile(WAIVERS, 'utf8')).split('\n');
  const waived = lines.flatMap((line) => line.match(/^ {2}- (CKV\w+)$/)?.[1] ?? []);
  const { summary, results } = await check();
  expect(summary.parsing_errors).toBe(0);
  expect(summary.passed).toBeGreaterThan(100);
  const failed = new Set(results.failed_checks.map(({ check_id }) => check_id));
  expect([...failed].sort()).toEqual(waived.toSorted());
  for (const [index, line] of lines.entries()) {
    if (line.includes('- CKV')) expect(lines[index - 1], line).toMatch(/^ {2}(# .{20,}|- CKV\w+)$/);
  }
});
