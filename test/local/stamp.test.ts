import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Route, startServer } from '../../local/server.ts';
import { configurationStamp, functionsAnswer } from '../../local/stamp.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hookline-test-'));
  await write('cdk.tf.json', '{}');
  await write('assets/worker/bot-worker.zip', 'zip');
});
afterEach(() => rm(folder, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
}
const stamp = () => configurationStamp(folder, 'ministack');

describe('the stamp of a configuration', () => {
  it('stays through what Terraform leaves there', async () => {
    const before = await stamp();
    await write('terraform.tfstate', '{"serial":2}');
    await write('.terraform/providers/x', 'x');
    await write('.terraform.lock.hcl', 'lock');
    await write('zz_emulator_override.tf.json', '{}');
    expect(await stamp()).toBe(before);
  });

  it.each([
    ['a resource', 'cdk.tf.json', '{ }'],
    ['a zip', 'assets/worker/bot-worker.zip', 'pit'],
    ['another file', 'assets/worker/other.zip', 'zip'],
  ])('changes with %s', async (_what, file, text) => {
    const before = await stamp();
    await write(file, text);
    expect(await stamp()).not.toBe(before);
  });

  it('changes with a file that is gone, and with the back end', async () => {
    const before = await stamp();
    expect(await configurationStamp(folder, 'external')).not.toBe(before);
    await rm(path.join(folder, 'assets'), { recursive: true });
    expect(await stamp()).not.toBe(before);
  });
});

describe('functions that were deployed', () => {
  const lambda: Route = async (_request, { pathname }) => {
    const name = pathname.match(/functions\/([^/]+)/)?.[1];
    const headers = { 'x-amzn-errortype': 'ResourceNotFoundException' };
    return name === 'gone'
      ? Response.json({}, { status: 404, headers })
      : Response.json({ FunctionName: name, State: name === 'broken' ? 'Failed' : 'Active' });
  };

  it.each([
    [['ingress', 'worker'], true],
    [['ingress', 'gone'], false],
    [['broken', 'worker'], false],
  ])('%j answer: %s', async (names, expected) => {
    const server = await startServer([lambda], 0, '127.0.0.1');
    onTestFinished(() => server.close());
    expect(await functionsAnswer(`http://127.0.0.1:${server.port}`, names)).toBe(expected);
  });

  it('do not answer where nobody listens', async () => {
    expect(await functionsAnswer('http://127.0.0.1:1', ['ingress'])).toBe(false);
  });
});
