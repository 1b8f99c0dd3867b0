/** `npm run modules`: writes every system as a Terraform module to dist/modules/<system>/. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'cdktf';
import { BUNDLE_NAMES, bundleFolder } from './bot/code.ts';
import { BOT_INPUTS } from './bot/inputs.ts';
import { botModule } from './bot/module.ts';
import { BOT_OUTPUTS } from './bot/outputs.ts';
import { moduleReadme } from './readme.ts';
import { settingsSchema } from './settings-schema.ts';

const BOT_README = moduleReadme({
  title: 'hookline bot',
  introduction: `A webhook bot for WhatsApp or Telegram on AWS Lambda. It needs the bot's secrets in an SSM SecureString; the
output \`webhook_url\` is the address to give to the provider.

\`\`\`hcl
module "bot" {
  source   = "./bot" # this folder
  name     = "shop"
  bot_type = "telegram"
}
\`\`\``,
  inputs: BOT_INPUTS,
  outputs: BOT_OUTPUTS,
});

export interface PublishOptions {
  /** Default: dist/modules. */
  readonly outdir?: string;
  /** Where the zips lie; default: the built ones in dist/bundles. */
  readonly bundles?: string;
}

/** Writes `<outdir>/bot/`: the Terraform as JSON, the zips, the README. Same sources, same bytes. */
export async function publishBot(options: PublishOptions = {}): Promise<string> {
  const { outdir = 'dist/modules', bundles = bundleFolder() } = options;
  const folder = path.resolve(outdir, 'bot');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'main.tf.json'), await botTerraform());
  await writeFile(path.join(folder, 'README.md'), BOT_README);
  for (const zip of Object.values<string>({ ...BUNDLE_NAMES })) {
    await copyFile(path.join(bundles, zip), path.join(folder, zip));
  }
  return folder;
}

/** The module's Terraform, as it is published. */
export async function botTerraform(): Promise<string> {
  const outdir = await mkdtemp(path.join(tmpdir(), 'hookline-module-'));
  try {
    const app = new App({ outdir, skipValidation: true });
    const stack = botModule(app);
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
  console.log(path.relative('.', await publishBot()));
  await writeFile('hookline.schema.json', schemaText());
}
