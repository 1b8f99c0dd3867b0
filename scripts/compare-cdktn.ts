import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { differences } from './json-differences.ts';

/**
 * `npm run cdktn`: synthesises the deployable app with cdktf and with cdktn, its kept fork, and compares the
 * Terraform. Metadata and provider versions are left out: they differ by nature.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const work = `${root}.hookline/cdktn`;
const fork = ['cdktn@0.24.0', '@cdktn/provider-aws@25.7.0', 'constructs@10.7.0'];
const sources = [
  'main.ts',
  'cdktf.json',
  'hookline.json',
  'hookline.schema.json',
  'modules',
  'runtime',
  'package.json',
];

/** A copy of the sources whose `cdktf` is cdktn; everything else is found in the project's node_modules. */
function prepareCopy(): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(`${work}/fork`, { recursive: true });
  writeFileSync(`${work}/fork/package.json`, '{ "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', ...fork], {
    cwd: `${work}/fork`,
    stdio: 'inherit',
  });
  mkdirSync(`${work}/fork/node_modules/@cdktf`, { recursive: true });
  // Links, not npm aliases: the provider imports cdktn by its own name and must get the same copy.
  symlinkSync('cdktn', `${work}/fork/node_modules/cdktf`);
  symlinkSync('../@cdktn/provider-aws', `${work}/fork/node_modules/@cdktf/provider-aws`);
  for (const name of sources) cpSync(root + name, `${work}/fork/${name}`, { recursive: true });
}

function synth(main: string, outdir: string): Map<string, unknown> {
  execFileSync(process.execPath, ['--import', 'tsx', main], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  const files = globSync('stacks/*/cdk.tf.json', { cwd: outdir }).sort();
  if (files.length === 0) throw new Error(`${main} synthesised no stack.`);
  return new Map(files.map((file) => [file, comparable(readFileSync(`${outdir}/${file}`, 'utf8'))]));
}

function comparable(text: string): unknown {
  const json = JSON.parse(text, (key, value) => (key === '//' ? undefined : value));
  delete json.terraform?.required_providers;
  return json;
}

prepareCopy();
const ours = synth(`${root}main.ts`, `${work}/cdktf.out`);
const theirs = synth(`${work}/fork/main.ts`, `${work}/cdktn.out`);
const found = differences(Object.fromEntries(ours), Object.fromEntries(theirs));
for (const line of found) console.error(line);
console.log(`cdktn: ${ours.size} stack(s) compared, ${found.length} difference(s)`);
process.exitCode = found.length === 0 ? 0 : 1;
