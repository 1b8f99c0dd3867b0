import { spawnSync } from 'node:child_process';
import { findPython, PYTHON_HELP } from '../../local/emulator/python.ts';
import { findTerraform, TERRAFORM_HELP } from '../../local/terraform.ts';
import { findChromium } from './chromium.ts';

/** Something a tier needs on the machine. Resolves to how to get it, or to undefined when it is there. */
export type Prerequisite = (environment: NodeJS.ProcessEnv) => Promise<string | undefined>;

const answers = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 60_000 }).status === 0;

export const node22: Prerequisite = async () =>
  process.version.startsWith('v22.')
    ? undefined
    : `Node 22 runs the tests, this is ${process.version}. Start them through npm after "npm ci": it brings Node 22.`;

export const terraform: Prerequisite = async ({ TERRAFORM_BINARY_NAME: chosen }) => {
  if (await findTerraform(chosen)) return undefined;
  return chosen
    ? `TERRAFORM_BINARY_NAME asks for ${chosen}, which does not run. ${TERRAFORM_HELP}`
    : TERRAFORM_HELP;
};

export const python: Prerequisite = async () => ((await findPython()) ? undefined : PYTHON_HELP);

export const chromium: Prerequisite = async (environment) => {
  if (findChromium(environment)) return undefined;
  const { CHROMIUM_PATH: chosen } = environment;
  const wanted = chosen ? `CHROMIUM_PATH is ${chosen}, which is no program.` : 'Chromium is needed.';
  return `${wanted} Debian: apt install chromium; elsewhere set CHROMIUM_PATH to a Chromium or Chrome program.`;
};

export const docker: Prerequisite = async () => {
  if (answers('docker', 'version')) return undefined;
  // Testcontainers takes a while to load.
  const { DOCKER_HELP } = await import('../../local/emulator/localstack.ts');
  return DOCKER_HELP;
};
