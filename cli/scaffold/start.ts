import path from 'node:path';
import { progressOn } from '../progress.ts';
import { withValue } from '../project/assignments.ts';
import type { World } from '../world.ts';
import { newSettings, type Scaffold, scaffoldFiles, settingsText } from './files.ts';
import { type Converted, convertParams } from './params.ts';
import { readIfThere, type Written, writeProjectFile } from './write.ts';

export interface StartFlags {
  readonly project?: string;
  readonly region?: string;
  readonly bot?: string;
  readonly dir?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly overwrite?: boolean;
  readonly installDeps?: boolean;
  readonly runConfig?: boolean;
}

export interface StartResult {
  readonly folder: string;
  readonly files: Readonly<Record<string, Written>>;
  /** Keys of `params.json` without a counterpart; absent when there was no such file. */
  readonly notConverted?: Converted['left'];
}

/** Writes a new project. `scaffold` holds what was asked for; `flags`, what was given on the command line. */
export async function writeProject(
  scaffold: Scaffold,
  flags: StartFlags,
  folder: string,
): Promise<StartResult> {
  const overwrite = flags.overwrite ?? false;
  const settings = await writeSettings(scaffold, flags, folder);
  const files: Record<string, Written> = { 'hookline.json': settings.written };
  for (const [name, text] of Object.entries(scaffoldFiles(scaffold)))
    files[name] = await writeProjectFile(folder, name, text, overwrite);
  return { folder, files, ...(settings.left && { notConverted: settings.left }) };
}

const SETTINGS_FILE = 'hookline.json';

/** An old `params.json` is converted; settings that are there get only the keys that were given. */
async function writeSettings(scaffold: Scaffold, flags: StartFlags, folder: string) {
  const old = await readIfThere(path.join(folder, SETTINGS_FILE));
  const params = await readIfThere(path.join(folder, 'params.json'));
  const write = (settings: object, overwrite: boolean) =>
    writeProjectFile(folder, SETTINGS_FILE, settingsText(settings), overwrite);
  if (old !== undefined && !flags.overwrite) {
    const merged = withGiven(parsed(old, SETTINGS_FILE), flags);
    if (merged === undefined) return { written: 'kept' as const };
    await write(merged, true);
    return { written: 'changed' as const };
  }
  if (params === undefined) return { written: await write(newSettings(scaffold), true) };
  const converted = convertParams(parsed(params, 'params.json'));
  const settings = withGiven(converted.settings, flags) ?? converted.settings;
  return { written: await write(settings, true), left: converted.left };
}

type Tree = Readonly<Record<string, unknown>>;

/** Undefined when nothing was given. */
function withGiven(settings: Tree, { project, region, bot }: StartFlags): Tree | undefined {
  const given = [
    [['bot', 'name'], project],
    [['region'], region],
    [['bot', 'bot_type'], bot],
  ] as const;
  const set = given.filter(([, value]) => value !== undefined);
  if (set.length === 0) return undefined;
  return set.reduce((tree, [keys, value]) => withValue(tree, keys, value), settings);
}

function parsed(text: string, name: string): Tree {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Tree;
  } catch {
    // Said below.
  }
  throw new Error(`${name} is no JSON object.`);
}

/** What may be run in the new project when it is asked for; nothing by default. */
export async function runAfter({ installDeps, runConfig }: StartFlags, folder: string, world: World) {
  const progress = progressOn(world.terminal, world.clock);
  const programs = [
    ...(installDeps ? [['npm', ['install']] as const] : []),
    ...(runConfig ? [['aws', ['configure']] as const] : []),
  ];
  for (const [program, args] of programs) {
    const { environment, runProgram } = world;
    const options = { folder, environment, signal: world.interruption(), inherit: true };
    const result = await progress.step([program, ...args].join(' '), () =>
      runProgram(program, args, options),
    );
    if (result?.exitCode !== 0) throw new Error(`${program} ${args[0]} did not succeed.`);
  }
}
