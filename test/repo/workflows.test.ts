import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const folder = '.github/workflows';
const workflows = readdirSync(folder).map(
  (name) => [name, readFileSync(`${folder}/${name}`, 'utf8')] as const,
);
const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '');

test('the four workflows are there', () => {
  expect(workflows.map(([name]) => name)).toEqual([
    'cdktn.yml',
    'check.yml',
    'localstack.yml',
    'release.yml',
  ]);
});

describe.each(workflows)('%s', (_name, text) => {
  test('pins every action by commit, with its version beside it', () => {
    const uses = all(text, /uses: (.+)$/gm);
    expect(uses.length).toBeGreaterThan(1);
    for (const line of uses) expect(line).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('grants nothing to the workflow and names what each job may do', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    const jobs = all(text.slice(text.indexOf('\njobs:')), /^ {2}(\w+):$/gm);
    expect(all(text, /^ {4}(permissions):$/gm)).toHaveLength(jobs.length);
    expect(all(text, /^ {4}timeout-minutes: (\d+)$/gm)).toHaveLength(jobs.length);
  });

  test('calls scripts that exist', () => {
    for (const script of all(text, /npm run ([\w:-]+)/g)) expect(packageJson.scripts).toHaveProperty(script);
  });

  test('never expands an expression inside a script', () => {
    expect(all(text, /run: (.*\$\{\{.*)$/gm)).toEqual([]);
  });
});

test('the LocalStack image is pinned by digest', () => {
  const [, text = ''] = workflows.find(([name]) => name === 'localstack.yml') ?? [];
  expect(text).toMatch(/LOCALSTACK_IMAGE: localstack\/localstack:4\.14\.0@sha256:[0-9a-f]{64}$/m);
});
