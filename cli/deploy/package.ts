import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { BUNDLE_NAMES } from '../../modules/bot/code.ts';
import { bundleFolder } from '../../modules/parts/bundles.ts';
import { buildAgentBundle, buildConfiguredBundle } from '../../runtime/build.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { agentFileOf } from '../project/agent-file.ts';
import type { Project } from '../project/project.ts';

/** A zip that is deployed, and the files in it. */
export interface PackagedZip {
  readonly name: string;
  readonly path: string;
  readonly files: readonly string[];
  /** Shipped with hookline: nothing in it is the user's. */
  readonly isStock: boolean;
}

export interface Packages {
  /** Absolute; undefined: the stack brings its own code, or the settings name an object in S3. */
  readonly agentZip: string | undefined;
  /** Folder of the zips that the package ships. */
  readonly bundles: string;
  readonly zips: readonly PackagedZip[];
}

/**
 * Builds the zip of the project's agent, or takes the one that the settings name, and lists every zip of the
 * stack. Throws when one holds secrets (contract bot H28).
 */
export async function packageProject(
  project: Project,
  secrets: Environment,
  bundles: string = bundleFolder(BUNDLE_NAMES.ingress),
): Promise<Packages> {
  const agentZip = await agentZipOf(project);
  const stock = Object.values<string>({ ...BUNDLE_NAMES });
  const shipped = stock.map((name) => path.join(bundles, name));
  const files = agentZip === undefined ? shipped : [...shipped, agentZip];
  return {
    agentZip,
    bundles,
    zips: await Promise.all(files.map((file) => inspect(file, secrets, file !== agentZip))),
  };
}

async function agentZipOf(project: Project): Promise<string | undefined> {
  const own = project.inputs.package as { readonly path?: string; readonly s3?: object } | null | undefined;
  if (own?.path) return path.resolve(path.dirname(project.settingsFile), own.path);
  if (own?.s3) return undefined;
  const outdir = path.join(project.folder, 'dist', 'bundles');
  const agent = agentFileOf(project);
  if (agent) return (await buildAgentBundle(agent, outdir)).zipPath;
  const config = path.join(project.folder, 'config.json');
  return existsSync(config) ? (await buildConfiguredBundle(config, { outdir })).zipPath : undefined;
}

async function inspect(file: string, secrets: Environment, isStock: boolean): Promise<PackagedZip> {
  const name = path.basename(file);
  const entries = Object.entries(unzipSync(await readFile(file)));
  const named = entries.find(([entry]) => isSecretFile(entry));
  if (named) throw new Error(`${name} holds ${named[0]}: secrets must not be deployed with the code.`);
  const values = Object.entries(secrets).filter(([key, value]) => isSecret(key) && value !== undefined);
  for (const [entry, bytes] of entries) {
    const content = Buffer.from(bytes);
    const found = values.find(([, value]) => value && value.length >= 12 && content.includes(value));
    if (found)
      throw new Error(`${name} holds the value of ${found[0]} in ${entry}: take it out of the agent's code.`);
  }
  return { name, path: file, files: entries.map(([entry]) => entry).sort(), isStock };
}

const isSecretFile = (entry: string): boolean =>
  /(^|\/)(\.env[^/]*|params\.json|\.bootstrap_state\.json)$/i.test(entry);

/** Not every line of the `.env` is one: texts and numbers may stand in the code as well. */
const isSecret = (name: string): boolean =>
  /TOKEN|SECRET|KEY$|PASSWORD/i.test(name) && !/_ENV_KEY$/.test(name);
