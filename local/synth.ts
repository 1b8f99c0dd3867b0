import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { readSettings } from '../modules/settings.ts';
import { Problem } from './problem.ts';
import { run } from './process.ts';

export interface SynthOptions {
  /** The settings file to begin with; what is set here wins over it. */
  readonly settingsFile: string;
  /** The one system that is synthesised. */
  readonly system: 'bot' | 'replies' | 'files';
  /** Its inputs, in the settings file's words. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Gets the configuration; state and plugins in it stay. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

const TSX = createRequire(import.meta.url).resolve('tsx');

/** What a Terraform folder keeps when its configuration is replaced. */
export const KEPT = ['.terraform', '.terraform.lock.hcl', 'terraform.tfstate', 'terraform.tfstate.backup'];

/** Synthesises the deployable app with other settings and puts its one stack into `folder`. */
export async function synthesise({
  settingsFile,
  system,
  inputs,
  folder,
  signal,
}: SynthOptions): Promise<void> {
  const output = `${folder}.synth`;
  const settings = await readValidSettings(settingsFile);
  const { bot: _, replies: __, files: ___, ...common } = settings;
  const changed = { ...common, backend: { local: {} }, [system]: { ...settings[system], ...inputs } };
  try {
    await rm(output, { recursive: true, force: true });
    await mkdir(output, { recursive: true });
    const ownSettings = path.join(output, 'hookline.json');
    await writeFile(ownSettings, JSON.stringify(changed));
    const env = { ...process.env, HOOKLINE_CONFIG: ownSettings, CDKTF_OUTDIR: output };
    await run(process.execPath, ['--import', TSX, 'main.ts'], { env, ...(signal && { signal }) });
    await replaceConfiguration(folder, await onlyStack(output));
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** Read first as the app reads it, so that what is wrong with it is told with the user's own file name. */
async function readValidSettings(
  file: string,
): Promise<{ readonly bot?: object; readonly replies?: object; readonly files?: object }> {
  try {
    readSettings(file);
  } catch (error) {
    throw new Problem((error as Error).message);
  }
  return JSON.parse(await readFile(file, 'utf8'));
}

async function onlyStack(output: string): Promise<string> {
  const stacks = path.join(output, 'stacks');
  const [stack, ...others] = await readdir(stacks);
  if (!stack || others.length > 0) throw new Error(`Expected one stack in ${stacks}.`);
  return path.join(stacks, stack);
}

async function replaceConfiguration(folder: string, source: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!KEPT.includes(name)) await rm(path.join(folder, name), { recursive: true });
  }
  await cp(source, folder, { recursive: true });
}
