import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CommandAws } from '../../cli/deployed.ts';
import type { World } from '../../cli/world.ts';
import { deployedWorld } from './bot-world.ts';
import { hookline } from './capture.ts';

/** Commands about a deployed bot, each with what it needs besides. */
const COMMANDS = [
  ['trace', '1'],
  ['bot', 'trace', '1'],
  ['bot', 'logs'],
  ['bot', 'failed', 'list'],
  ['bot', 'failed', 'replay', '1'],
  ['bot', 'failed', 'resolve', '1', '--sent'],
  ['bot', 'history', 'show', '--chat', '1'],
  ['bot', 'history', 'clear', '--chat', '1', '--yes'],
  ['bot', 'history', 'erase', '--chat', '1', '--yes'],
  ['bot', 'takeover', '1'],
  ['bot', 'send', '--chat', '1', '--text', 'a', '--key', 'k'],
  ['bot', 'pull-history'],
  ['bot', 'redrive'],
  ['bot', 'dashboard', '--no-browser'],
] as const satisfies readonly (readonly string[])[];

/** A folder with a settings file, and a world without any bot that tells of the regions it is asked in. */
function emptyRegion(settings: object) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-name-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, 'hookline.json'), JSON.stringify(settings));
  writeFileSync(
    path.join(folder, 'other.json'),
    JSON.stringify({ region: 'eu-south-1', bot: { name: 'other' } }),
  );
  const { aws, lambda } = deployedWorld();
  const awsIn = (region: string | undefined): CommandAws => {
    const client = { send: lambda.send.bind(lambda), config: { region: async () => region } };
    return { ...aws, lambda: async () => client };
  };
  lambda.functions.clear();
  const world: Partial<World> = { aws: awsIn('the-environment'), awsIn };
  return (args: readonly string[]) => hookline([...args, '--dir', folder], world);
}

const SETTINGS = { region: 'eu-north-1', bot: { name: 'shop' } };

describe.each(COMMANDS.map((args) => [args.join(' '), args] as const))('hookline %s', (_, args) => {
  test('takes name and region from the settings file, and from the flags before', async () => {
    const run = emptyRegion(SETTINGS);
    const missing = (name: string, region: string) => ({
      exitCode: 1,
      error: `error: There is no bot "${name}" in ${region} of this account: no function ${name}-worker.\n`,
    });
    expect(await run(args)).toMatchObject(missing('shop', 'eu-north-1'));
    expect(await run([...args, '--project', 'a', '--region', 'us-east-2'])).toMatchObject(
      missing('a', 'us-east-2'),
    );
    expect(await run([...args, '-c', 'other.json'])).toMatchObject(missing('other', 'eu-south-1'));
    expect(await run([...args, '--name', 'b'])).toMatchObject(missing('b', 'eu-north-1'));
  });
});

test.each([['update'], ['doctor'], ['describe'], ['dev'], ['webhook', 'info']])(
  'in an empty folder %s says one sentence',
  async (...args) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hookline-name-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    expect(await hookline(['bot', ...args, '--dir', folder])).toEqual({
      exitCode: 1,
      out: '',
      error: `error: There is no hookline.json in ${folder}: run hookline bot start, or name the project's folder with --dir.\n`,
    });
  },
);

test('without a region of its own the environment says it; --name is not shown', async () => {
  const { error } = await emptyRegion({ bot: {} })(['bot', 'logs']);
  expect(error).toContain('There is no bot "hookline" in the-environment of this account');
  const { out } = await hookline(['bot', 'logs', '--help']);
  expect(out).toContain('--project <name>');
  expect(out).not.toContain('--name');
});
