import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeApp } from '../../modules/app-stack.ts';
import { BUNDLE_NAMES, type BundleFiles } from '../../modules/bot/code.ts';
import type { Project } from '../project/project.ts';
import type { Packages } from './package.ts';

/** Plugins and locks that Terraform keeps when its configuration is replaced. */
const KEPT = ['.terraform', '.terraform.lock.hcl'];

/** The stack as Terraform's JSON. */
export type StackJson = Readonly<Record<string, unknown>>;

/** Zips go beside the stack and are named relative to it: an absolute path would differ from machine to machine. */
const BUNDLES: BundleFiles = { ...BUNDLE_NAMES };
const AGENT_ZIP = 'agent.zip';

/**
 * Synthesises the app as main.ts does, for this project and its zips, into `folder`. The secret is not looked
 * for at plan: these commands put it themselves.
 */
export async function synthesise(
  { settings }: Project,
  { agentZip, bundles }: Packages,
  folder: string,
): Promise<StackJson> {
  const output = await mkdtemp(path.join(tmpdir(), 'hookline-synth-'));
  const own = agentZip === undefined ? {} : { package: { path: AGENT_ZIP } };
  const bot = { ...settings.bot, ...own, bundles: BUNDLES, checkEnvParameter: false };
  try {
    makeApp({ ...settings, bot }, output).synth();
    await replaceConfiguration(folder, path.join(output, 'stacks', 'bot'));
  } finally {
    await rm(output, { recursive: true, force: true });
  }
  for (const zip of Object.values<string>({ ...BUNDLES }))
    await cp(path.join(bundles, zip), path.join(folder, zip));
  if (agentZip !== undefined) await cp(agentZip, path.join(folder, AGENT_ZIP));
  return JSON.parse(await readFile(path.join(folder, 'cdk.tf.json'), 'utf8'));
}

async function replaceConfiguration(folder: string, source: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!KEPT.includes(name)) await rm(path.join(folder, name), { recursive: true });
  }
  await cp(source, folder, { recursive: true });
}

/** Addresses of what the stack makes, sorted. */
export const resourcesOf = (stack: StackJson): readonly string[] =>
  Object.entries((stack.resource ?? {}) as Record<string, Record<string, unknown>>)
    .flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`))
    .sort();
