import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { buildBundles, buildRepliesWorker } from '../../runtime/build.ts';
import { inFolder, publishFromSources, terraform } from './terraform.ts';

const run = promisify(execFile);
const TSX = import.meta.resolve('tsx');
const node = (folder: string, env: NodeJS.ProcessEnv, ...args: readonly string[]) =>
  run(process.execPath, ['--import', TSX, ...args], { cwd: folder, env: { ...process.env, ...env } });

test('plain Terraform: two bots with a built agent', () =>
  inFolder(async (folder) => {
    await cp('examples/terraform-consumer', path.join(folder, 'examples/terraform-consumer'), {
      recursive: true,
      filter: (file) => !file.includes('.terraform') && !file.includes('/dist'),
    });
    const example = path.join(folder, 'examples/terraform-consumer');
    await node(
      example,
      {},
      path.resolve('cli/main.ts'),
      'bot',
      'build',
      '--agent',
      'agent.ts',
      '--out',
      'dist',
    );
    const zip = unzipSync(await readFile(path.join(example, 'dist/agent.zip')));
    expect(Buffer.from(zip['index.mjs']!).toString()).toContain('You said: ');

    await cp(await publishFromSources(folder), path.join(folder, 'dist/modules/bot'), { recursive: true });
    await cp('test/terraform/examples/terraform-consumer.tftest.hcl', path.join(example, 'bots.tftest.hcl'));
    await terraform(example, 'init', '-input=false');
    expect(await terraform(example, 'validate')).toContain('Success!');
    expect(await terraform(example, 'test')).toContain('Success! 1 passed, 0 failed.');
  }));

test('plain Terraform: a reply engine with built prompts', () =>
  inFolder(async (folder) => {
    await cp('examples/replies', path.join(folder, 'examples/replies'), {
      recursive: true,
      filter: (file) => !file.includes('.terraform') && !file.includes('/dist'),
    });
    const example = path.join(folder, 'examples/replies/terraform');
    const build = ['replies', 'build', '--prompts', '../prompts.json', '--out', 'dist'];
    await node(example, {}, path.resolve('cli/main.ts'), ...build);
    const zip = unzipSync(await readFile(path.join(example, 'dist/replies.zip')));
    expect(Object.keys(zip)).toEqual(expect.arrayContaining(['index.mjs', 'prompts.json']));

    const module = await publishFromSources(folder, 'replies');
    await cp(module, path.join(folder, 'dist/modules/replies'), { recursive: true });
    await cp('test/terraform/examples/replies.tftest.hcl', path.join(example, 'replies.tftest.hcl'));
    await terraform(example, 'init', '-input=false');
    expect(await terraform(example, 'validate')).toContain('Success!');
    expect(await terraform(example, 'test')).toContain('Success! 1 passed, 0 failed.');
  }));

test.each([
  ['shop', 'examples/cdktf-consumer/main.ts'],
  ['replies', 'examples/replies/cdktf/main.ts'],
])('CDK for Terraform: the construct in an app of the user: %s', (name, app) =>
  inFolder(async (folder) => {
    // The construct ships the zips of dist/bundles.
    await buildBundles();
    await buildRepliesWorker('examples/replies/prompts.json');
    await node('.', { CDKTF_OUTDIR: folder }, app);
    const stack = path.join(folder, 'stacks', name);
    await terraform(stack, 'init', '-input=false');
    expect(await terraform(stack, 'validate')).toContain('Success!');
  }),
);
