import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hookline } from './capture.ts';

describe('hookline bot build', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hookline-build-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const agentFile = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test('writes the zip of an agent and says how to deploy it', async () => {
    const agent = agentFile('agent.ts', 'export const agent = (turn: { text: string }) => turn.text;');
    const { exitCode, out, error } = await hookline(['bot', 'build', '--agent', agent, '--out', folder]);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    expect(existsSync(path.join(folder, 'agent.zip'))).toBe(true);
    expect(out).toMatch(/package = \{ path = ".*agent\.zip" \}/);
  });

  test('--json prints the path, the size and the hash that Terraform compares', async () => {
    const agent = agentFile('agent.ts', 'export default () => null;');
    const { out } = await hookline(['bot', 'build', '--agent', agent, '--out', folder, '--json']);
    const zip = readFileSync(path.join(folder, 'agent.zip'));
    expect(JSON.parse(out)).toEqual({
      zip: path.join(folder, 'agent.zip'),
      bytes: zip.length,
      sha256: createHash('sha256').update(zip).digest('base64'),
    });
  });

  test('without --agent it is a usage error', async () => {
    const { exitCode, error } = await hookline(['bot', 'build']);
    expect(exitCode).toBe(2);
    expect(error).toContain('--agent <file> is missing');
  });

  test('a file that is not there is named', async () => {
    const { exitCode, error } = await hookline(['bot', 'build', '--agent', 'no-such-agent.ts']);
    expect(exitCode).toBe(1);
    expect(error).toBe('error: There is no file no-such-agent.ts.\n');
  });

  test('a file that exports no agent is told what to export', async () => {
    const agent = agentFile('nothing.ts', 'export const bot = 1;');
    const { exitCode, error } = await hookline(['bot', 'build', '--agent', agent, '--out', folder]);
    expect(exitCode).toBe(1);
    expect(error).toContain('export a function named "agent"');
  });
});
