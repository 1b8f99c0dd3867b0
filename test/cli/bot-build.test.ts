import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hookline } from './capture.ts';

describe('hookline bot build', () => {
  let outer: string;
  let folder: string;
  beforeAll(() => {
    outer = mkdtempSync(path.join(tmpdir(), 'hookline-build-'));
    folder = path.join(outer, 'project');
    mkdirSync(folder);
  });
  afterAll(() => rmSync(outer, { recursive: true, force: true }));

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

  test.each([
    [[], 'give either --agent <file> or --config <file>'],
    [['--agent', 'a.ts', '--config', 'c.json'], 'give either --agent <file> or --config <file>'],
    [['--agent', 'a.ts', '--functions', 'f.ts'], '--functions <file> needs --config <file>'],
  ])('with %j it is a usage error', async (flags, message) => {
    const { exitCode, error } = await hookline(['bot', 'build', ...flags]);
    expect(exitCode).toBe(2);
    expect(error).toContain(message);
  });

  const CONFIG = {
    general_parameters: {
      default_models: [{ provider: 'openai', model: 'small' }],
      functions: 'functions.ts',
      costs_path: 'costs.json',
    },
    components: [
      { type: 'agent', name: 'librarian', system: 'Help.', uses_tool: 'look_up' },
      { type: 'tool', name: 'look_up', function: 'lookUp' },
    ],
  };
  const configured = (config: object = CONFIG) => {
    agentFile('functions.ts', 'export const lookUp = (input: object) => input;');
    agentFile('other.ts', 'export const lookDown = 1;');
    agentFile('costs.json', '{"openai:small": {"input": 1, "output": 2}}');
    return ['bot', 'build', '--config', agentFile('shop.json', JSON.stringify(config)), '--out', folder];
  };

  test('--config puts the configuration, its prices and its functions into the zip', async () => {
    const { exitCode, error } = await hookline(configured());
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    const files = unzipSync(readFileSync(path.join(folder, 'agent.zip')));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['index.mjs', 'config.json', 'costs.json']));
    expect(JSON.parse(Buffer.from(files['config.json'] ?? []).toString())).toEqual(CONFIG);
    expect(Buffer.from(files['index.mjs'] ?? []).toString()).toContain('lookUp');
  });

  test('a configuration is checked before it is built: its shape, its functions, its files', async () => {
    const wrong = await hookline(configured({ ...CONFIG, components: [] }));
    expect(wrong).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('components must name an agent'),
    });
    const other = await hookline([...configured(), '--functions', path.join(folder, 'other.ts')]);
    expect(other.error).toBe('error: The functions of these tools are not exported: lookUp.\n');
    const missing = await hookline([...configured(), '--functions', 'no-such.ts']);
    expect(missing.error).toMatch(/^error: There is no file .*no-such\.ts\.\n$/);
    const general = { ...CONFIG.general_parameters, costs_path: '../costs.json' };
    writeFileSync(path.join(folder, '../costs.json'), '{"a:b": {"input": 1, "output": 2}}');
    const outside = await hookline(configured({ ...CONFIG, general_parameters: general }));
    expect(outside.error).toBe('error: costs_path must lead to a file in the folder of shop.json.\n');
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
