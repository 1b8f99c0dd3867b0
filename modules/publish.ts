/** `npm run modules`: writes every system as a Terraform module to dist/modules/<system>/. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'cdktf';
import { BUNDLE_NAMES } from './bot/code.ts';
import { BOT_INPUTS } from './bot/inputs.ts';
import { botModule } from './bot/module.ts';
import { BOT_OUTPUTS } from './bot/outputs.ts';
import { FILES_ZIPS } from './files/code.ts';
import { FILES_INPUTS } from './files/inputs.ts';
import { filesModule } from './files/module.ts';
import { FILES_OUTPUTS } from './files/outputs.ts';
import { BOT_INTRODUCTION, FILES_INTRODUCTION, REPLIES_INTRODUCTION } from './introductions.ts';
import type { ModuleStack } from './module-stack.ts';
import { bundleFolder } from './parts/bundles.ts';
import { moduleReadme } from './readme.ts';
import { REPLIES_ZIPS } from './replies/code.ts';
import { REPLIES_INPUTS } from './replies/inputs.ts';
import { repliesModule } from './replies/module.ts';
import { REPLIES_OUTPUTS } from './replies/outputs.ts';
import { settingsSchema } from './settings-schema.ts';

interface Published {
  readonly stack: (app: App) => ModuleStack;
  /** The zips that lie beside the Terraform. */
  readonly zips: readonly string[];
  readonly readme: string;
}

const MODULES = {
  bot: {
    stack: botModule,
    zips: Object.values<string>({ ...BUNDLE_NAMES }),
    readme: moduleReadme({
      title: 'hookline bot',
      introduction: BOT_INTRODUCTION,
      inputs: BOT_INPUTS,
      outputs: BOT_OUTPUTS,
    }),
  },
  replies: {
    stack: repliesModule,
    zips: Object.values<string>({ ...REPLIES_ZIPS }),
    readme: moduleReadme({
      title: 'hookline replies',
      introduction: REPLIES_INTRODUCTION,
      inputs: REPLIES_INPUTS,
      outputs: REPLIES_OUTPUTS,
    }),
  },
  files: {
    stack: filesModule,
    zips: Object.values<string>({ ...FILES_ZIPS }),
    readme: moduleReadme({
      title: 'hookline files',
      introduction: FILES_INTRODUCTION,
      inputs: FILES_INPUTS,
      outputs: FILES_OUTPUTS,
    }),
  },
} as const satisfies Readonly<Record<string, Published>>;

export type ModuleName = keyof typeof MODULES;

export const MODULE_NAMES = Object.keys(MODULES) as readonly ModuleName[];

export interface PublishOptions {
  /** Default: dist/modules. */
  readonly outdir?: string;
  /** Where the zips lie; default: the built ones in dist/bundles. */
  readonly bundles?: string;
}

/** Writes `<outdir>/<system>/`: the Terraform as JSON, the zips, the README. Same sources, same bytes. */
export async function publishModule(name: ModuleName, options: PublishOptions = {}): Promise<string> {
  const { readme, zips } = MODULES[name];
  const { outdir = 'dist/modules', bundles = bundleFolder(zips[0] ?? '') } = options;
  const folder = path.resolve(outdir, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'main.tf.json'), await moduleTerraform(name));
  await writeFile(path.join(folder, 'README.md'), readme);
  for (const zip of zips) await copyFile(path.join(bundles, zip), path.join(folder, zip));
  return folder;
}

/** A module's Terraform, as it is published. */
async function moduleTerraform(name: ModuleName): Promise<string> {
  const outdir = await mkdtemp(path.join(tmpdir(), 'hookline-module-'));
  try {
    const app = new App({ outdir, skipValidation: true });
    const stack = MODULES[name].stack(app);
    app.synth();
    const json: unknown = JSON.parse(
      await readFile(path.join(outdir, 'stacks', stack.node.id, 'cdk.tf.json'), 'utf8'),
    );
    return `${JSON.stringify(json, null, 2)}\n`;
  } finally {
    await rm(outdir, { recursive: true });
  }
}

/** The settings file's JSON Schema, as it is shipped. */
export const schemaText = (): string => `${JSON.stringify(settingsSchema(), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of MODULE_NAMES) console.log(path.relative('.', await publishModule(name)));
  await writeFile('hookline.schema.json', schemaText());
}
