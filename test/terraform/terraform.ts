import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ModuleName, publishModule } from '../../modules/publish.ts';
import { BUNDLES, type BundleName, buildBundles } from '../../runtime/build.ts';

const run = promisify(execFile);

/** `TERRAFORM_BINARY_NAME` names another program, such as `tofu`. */
const PROGRAM = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';

/** Shared with the local stand, so that the provider is fetched once. */
const PLUGIN_CACHE = path.resolve('.hookline/terraform-plugins');

/** Runs Terraform without the caller's AWS settings: nothing here may reach an account. Throws its output. */
export async function terraform(folder: string, ...args: readonly string[]): Promise<string> {
  await mkdir(PLUGIN_CACHE, { recursive: true });
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = { ...Object.fromEntries(own), TF_PLUGIN_CACHE_DIR: PLUGIN_CACHE, AWS_REGION: 'eu-west-1' };
  try {
    const { stdout } = await run(PROGRAM, [...args, '-no-color'], { cwd: folder, env });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${PROGRAM} ${args.join(' ')}\n${stdout}\n${stderr}`);
  }
}

/** A temporary folder that is gone after `use`. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-terraform-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Builds the zips and the module from the sources as they are. */
export async function publishFromSources(folder: string, name: ModuleName = 'bot'): Promise<string> {
  const bundles = path.join(folder, 'bundles');
  const entries = (Object.keys(BUNDLES) as BundleName[]).filter((bundle) => bundle.startsWith(name));
  await buildBundles({ outdir: bundles, entries });
  return publishModule(name, { outdir: path.join(folder, 'modules'), bundles });
}

/** A root of its own that uses the module in ./<name>, with the given files in it, initialised. */
export async function rootWith(folder: string, module: string, files: readonly string[]): Promise<string> {
  const root = path.join(folder, 'root');
  const name = path.basename(module);
  await cp(module, path.join(root, name), { recursive: true });
  await writeFile(path.join(root, 'main.tf'), `module "${name}" {\n  source = "./${name}"\n}\n`);
  for (const file of files) await cp(file, path.join(root, path.basename(file)));
  await terraform(root, 'init', '-input=false');
  return root;
}
