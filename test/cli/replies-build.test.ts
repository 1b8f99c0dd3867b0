import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hookline } from './capture.ts';

describe('hookline replies build', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hookline-replies-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const build = (prompts: string, ...flags: string[]) =>
    hookline(['replies', 'build', '--prompts', prompts, '--out', folder, ...flags]);
  const promptsFile = (prompts: unknown): string => {
    const file = path.join(folder, 'my-prompts.json');
    writeFileSync(file, typeof prompts === 'string' ? prompts : JSON.stringify(prompts));
    return file;
  };

  test('puts the prompts beside the worker, and says how to deploy it', async () => {
    const { exitCode, out, error } = await build('examples/replies/prompts.json');
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    expect(out).toMatch(/package = \{ path = ".*replies\.zip" \}/);
    const files = unzipSync(readFileSync(path.join(folder, 'replies.zip')));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.mjs', 'prompts.json']));
    expect(Buffer.from(files['prompts.json'] ?? [])).toEqual(readFileSync('examples/replies/prompts.json'));
  });

  test('--json prints the path, the size and the hash that Terraform compares; twice it is the same zip', async () => {
    const first = await build('examples/replies/prompts.json', '--json');
    const zip = readFileSync(path.join(folder, 'replies.zip'));
    expect(JSON.parse(first.out)).toEqual({
      zip: path.join(folder, 'replies.zip'),
      bytes: zip.length,
      sha256: createHash('sha256').update(zip).digest('base64'),
    });
    expect((await build('examples/replies/prompts.json', '--json')).out).toBe(first.out);
  });

  test('names every fault of the file', async () => {
    const { exitCode, error } = await build(promptsFile({ a: { version: 1, model: '' }, 'b c': {} }));
    expect(exitCode).toBe(1);
    expect(error).toContain('a.model must not be empty');
    expect(error).toContain('a.instructions must be a text');
    expect(error).toContain('"b c" is no id of a prompt');
  });

  test('tells of the file by its own name, a fault a line, and where it stops being JSON', async () => {
    const file = promptsFile({ a: { version: 1, model: '', instructions: '' } });
    expect((await build(file)).error).toBe(
      `error: ${file} cannot be used:\n- a.model must not be empty\n- a.instructions must not be empty\n`,
    );
    expect((await build(promptsFile('{"a": }'))).error).toMatch(/ the file is not JSON: .*'}'/);
    expect((await build(folder)).error).toBe(`error: The file ${folder} cannot be read.\n`);
  });

  test('names a variable that no record has, and those that there are', async () => {
    const instructions = 'Hi {{recipient_fist_name}}';
    const { exitCode, error } = await build(promptsFile({ a: { version: 1, model: 'm', instructions } }));
    expect(exitCode).toBe(1);
    expect(error).toContain('a@1 names {{recipient_fist_name}}, which no record has; there are company_id,');
    expect(error).toContain('recipient_first_name');
  });

  test('without a file, or with one that is not there, nothing is built', async () => {
    expect(await hookline(['replies', 'build'])).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining("required option '--prompts <file>' not specified"),
    });
    expect(await build('nowhere.json')).toMatchObject({
      exitCode: 1,
      error: 'error: The file nowhere.json cannot be read.\n',
    });
  });

  test('--help has an example', async () => {
    const { exitCode, out } = await hookline(['replies', 'build', '--help']);
    expect(exitCode).toBe(0);
    expect(out).toContain('Example:\n  $ hookline replies build');
  });
});
