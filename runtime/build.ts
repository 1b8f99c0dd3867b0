import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type AgentConfig, readAgentConfig } from './bot/agents/config-file.ts';
import { type Bundle, bundle, loadedBytes } from './bundle.ts';
import { PROMPTS_FILE, readPromptsFile } from './models/prompts-file.ts';
import { checkVariables } from './replies/prompt-variables.ts';

const extension = path.extname(fileURLToPath(import.meta.url));
const here = runtimeFolder(path.dirname(fileURLToPath(import.meta.url)));

/** In the published package this code may lie in a chunk beside the runtime's folder, and not in it. */
function runtimeFolder(folder: string): string {
  const below = path.join(folder, 'runtime');
  return existsSync(path.join(below, `bot/handler${extension}`)) ? below : folder;
}

const source = (name: string) => path.join(here, `${name}${extension}`);

/** Bundle name → entry, and the dynamic imports that a default configuration makes (for the size table). */
export const BUNDLES = {
  'bot-ingress': { entry: 'bot/entries/ingress', eager: ['core/parameters.ts', 'bot/hand-off-invoke.ts'] },
  'bot-worker': { entry: 'bot/entries/worker', eager: ['core/parameters.ts'] },
  bot: {
    entry: 'bot/entries/bot',
    eager: ['core/parameters.ts', 'bot/hand-off-invoke.ts', 'bot/worker-handler.ts'],
  },
  'replies-webhook': { entry: 'replies/entries/webhook', eager: [] },
  'replies-worker': { entry: 'replies/entries/worker', eager: [] },
  'replies-sweeper': { entry: 'replies/entries/sweeper', eager: [] },
  'files-worker': { entry: 'files/entries/worker', eager: [] },
  'files-detector': { entry: 'files/entries/detector', eager: [] },
} as const;

export type BundleName = keyof typeof BUNDLES;

export interface BuildBundlesOptions {
  /** Default: all. */
  readonly entries?: readonly BundleName[];
  /** Default: `dist/bundles` of the working directory. */
  readonly outdir?: string;
}

/** Builds the stock bundles, one zip each. */
export async function buildBundles(options: BuildBundlesOptions = {}): Promise<readonly Bundle[]> {
  const { entries = Object.keys(BUNDLES) as BundleName[], outdir = 'dist/bundles' } = options;
  return Promise.all(
    entries.map((name) => bundle(name, { file: source(BUNDLES[name].entry) }, { root: here, outdir })),
  );
}

/**
 * Builds the zip of a user's own agent, which replaces the worker's package. The file is a configuration
 * (`.json`, see `buildConfiguredBundle`) or a module that exports a `handler`,
 * or an agent as `agent` or by default, which gets both hops around it, so that it serves as the worker or as
 * the one function. Throws when it exports neither.
 */
export async function buildAgentBundle(
  agentFile: string,
  outdir = 'dist/bundles',
  name = 'agent',
): Promise<Bundle> {
  const file = path.resolve(agentFile);
  if (!existsSync(file)) throw new Error(`There is no file ${agentFile}.`);
  if (path.extname(file) === '.json') return buildConfiguredBundle(file, { outdir, name });
  const contents = agentEntry(path.basename(file), await exportsOf(file));
  const alias = { 'hookline/bot': source('bot/index') };
  return bundle(name, { source: contents }, { root: path.dirname(file), outdir, alias });
}

export interface ConfiguredBundleOptions {
  /** Module with the tools' functions; default: the one that the configuration names, if it does. */
  readonly functions?: string | undefined;
  readonly outdir?: string;
  readonly name?: string;
}

/**
 * Builds the zip of an agent that a configuration file describes, with the functions of its tools. Throws with
 * every fault of the file, and when a function is not there.
 */
export async function buildConfiguredBundle(
  configFile: string,
  { functions, outdir = 'dist/bundles', name = 'agent' }: ConfiguredBundleOptions = {},
): Promise<Bundle> {
  const config = readAgentConfig(path.resolve(configFile));
  const module = functions === undefined ? config.functionsPath : path.resolve(functions);
  if (module && !existsSync(module)) throw new Error(`There is no file ${module}.`);
  const exported = module ? await exportsOf(module) : [];
  const missing = config.tools.filter((tool) => !exported.includes(tool.function));
  if (missing.length > 0)
    throw new Error(
      `The functions of these tools are not exported: ${missing.map((tool) => tool.function).join(', ')}.`,
    );
  const root = path.dirname(path.resolve(configFile));
  const files = Object.fromEntries(filesOf(configFile, config, root));
  const alias = { 'hookline/bot': source('bot/index') };
  return bundle(name, { source: configuredEntry(module) }, { root, outdir, alias, files });
}

/** The configuration, under the name that the function looks for, and its prices. */
function filesOf(configFile: string, { general }: AgentConfig, root: string): [string, Uint8Array][] {
  const costs = general.costs_path;
  const config: [string, Uint8Array] = ['config.json', readFileSync(configFile)];
  if (costs === undefined) return [config];
  const inZip = path.relative(root, path.resolve(root, costs)).replaceAll(path.sep, '/');
  if (inZip.startsWith('../') || path.isAbsolute(inZip))
    throw new Error(`costs_path must lead to a file in the folder of ${path.basename(configFile)}.`);
  return [config, [inZip, readFileSync(path.resolve(root, costs))]];
}

function configuredEntry(module: string | undefined): string {
  return [
    ...(module ? [`import * as tools from ${JSON.stringify(module)};`] : []),
    `import { buildLambdaHandler } from ${JSON.stringify(source('bot/handler'))};`,
    `import ${JSON.stringify(source('bot/worker-handler'))};`,
    `export const handler = buildLambdaHandler(process.env.BOT_TYPE, ${module ? '{ tools }' : '{}'});`,
  ].join('\n');
}

/**
 * Builds the zip of the reply engine's worker with a prompt registry in it, which replaces the worker's package.
 * Throws with every fault of the file.
 */
export async function buildRepliesWorker(
  promptsFile: string,
  outdir = 'dist/bundles',
  name = 'replies',
): Promise<Bundle> {
  if (!existsSync(promptsFile)) throw new Error(`There is no file ${promptsFile}.`);
  checkVariables(readPromptsFile(promptsFile));
  const files = { [PROMPTS_FILE]: readFileSync(promptsFile) };
  return bundle(name, { file: source(BUNDLES['replies-worker'].entry) }, { root: here, outdir, files });
}

/** Bundles the module of a user's agent as it is, to be imported by this Node. Returns the file. */
export async function buildAgentModule(agentFile: string, outdir: string): Promise<string> {
  const file = path.resolve(agentFile);
  const alias = { 'hookline/bot': source('bot/index') };
  const { directory } = await bundle('agent', { file }, { root: path.dirname(file), outdir, alias });
  return path.join(directory, 'index.mjs');
}

async function exportsOf(file: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    format: 'esm',
    metafile: true,
    write: false,
    outdir: '.',
  });
  return Object.values(metafile.outputs).flatMap((output) => output.exports);
}

function agentEntry(file: string, exports: readonly string[]): string {
  const user = JSON.stringify(`./${file}`);
  if (exports.includes('handler')) return `export { handler } from ${user};`;
  const name = ['agent', 'default'].find((candidate) => exports.includes(candidate));
  if (!name) throw new Error(`${file} exports no agent: export a function named "agent", or one by default.`);
  return [
    `import { ${name} as agent } from ${user};`,
    `import { buildLambdaHandler } from ${JSON.stringify(source('bot/handler'))};`,
    // Loaded while the function starts; the handler alone would load it with the first job.
    `import ${JSON.stringify(source('bot/worker-handler'))};`,
    'export const handler = buildLambdaHandler(process.env.BOT_TYPE, { agent });',
  ].join('\n');
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} KB`.padStart(9);

function sizeTable(bundles: readonly Bundle[]): string {
  const rows = bundles.map(({ name, metafile, zipBytes }) => {
    const loaded = loadedBytes(metafile, BUNDLES[name as BundleName]?.eager);
    const all = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
    return `${name.padEnd(14)}${kilobytes(loaded)}${kilobytes(all)}${kilobytes(zipBytes)}`;
  });
  return ['bundle           loaded      all      zip', ...rows].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(sizeTable(await buildBundles()));
}
