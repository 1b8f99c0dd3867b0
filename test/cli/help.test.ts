import { describe, expect, test } from 'vitest';
import { versionFinding } from '../../cli/deploy/checks/local.ts';
import { hookline } from './capture.ts';

const BOT = [
  ...['start', 'build', 'update', 'describe', 'doctor', 'dev', 'list', 'remove', 'redrive', 'pull-history'],
  ...['takeover', 'logs', 'trace', 'dashboard', 'send'],
  ...['history show', 'history clear', 'history erase', 'failed list', 'failed replay', 'failed resolve'],
  ...['webhook info', 'webhook set', 'webhook delete'],
];

const REPLIES = [
  ...['build', 'doctor', 'seed', 'show', 'trace', 'replay', 'trigger', 'redrive'],
  ...['handoff list', 'handoff release'],
];

const FILES = [
  'run',
  'submit',
  'daemon',
  'validate-spec',
  'infer-spec',
  'convert-spec',
  'explain-rule',
  'locks',
  'redrive',
  'dashboard',
  'doctor',
];

test.each([
  ['bot', BOT],
  ['replies', REPLIES],
  ['files', FILES],
])('every command of %s is here', async (system, commands) => {
  const { out } = await hookline([system, '--help']);
  const names = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name);
  expect([...new Set(commands.map((words) => words.split(' ')[0]))].sort()).toEqual(names.sort());
});

const ALL = [
  ...BOT.map((name) => `bot ${name}`),
  ...REPLIES.map((name) => `replies ${name}`),
  ...FILES.map((name) => `files ${name}`),
];

describe.each(['trace', 'status', ...ALL])('hookline %s --help', (words) => {
  test('has an example, and no default that is not one', async () => {
    const { exitCode, out } = await hookline([...words.split(' '), '--help']);
    expect(exitCode).toBe(0);
    expect(out).toContain('Example:\n  $ hookline ');
    expect(out.replaceAll(/\s+/g, ' ')).not.toMatch(/default: (undefined|\[\]|\{\})/);
  });
});

test.each([
  ['trace', '7d'],
  ['replies trace', '7d'],
  ['bot logs', '1h'],
  ['bot failed list', '30d'],
])('%s says how far back it looks', async (words, since) => {
  const { out } = await hookline([...words.split(' '), '--help']);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(`or a date (default: ${since})`);
});

test.each([
  ...['trace 1', 'bot trace 1', 'bot dev', 'bot pull-history', 'bot takeover 1', 'bot dashboard'],
  ...['bot history show', 'bot history clear', 'bot history erase'],
])('%s says that Node is too old for it', async (words) => {
  expect(await hookline(words.split(' '), { nodeVersion: 'v22.12.0' })).toEqual({
    exitCode: 1,
    out: '',
    error: 'error: This command needs Node 22.13 or later; this is Node v22.12.0.\n',
  });
});

test('doctor warns of a Node that cannot read histories', () => {
  expect(
    ['v20.10.0', 'v20.11.0', 'v22.12.0', 'v22.13.0', 'v24.0.0'].map((each) => versionFinding(each).state),
  ).toEqual(['bad', 'warning', 'warning', 'ok', 'ok']);
});
