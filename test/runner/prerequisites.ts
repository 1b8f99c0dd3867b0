import { spawnSync } from 'node:child_process';

/** Something a tier needs on the machine. `missing` says how to get it, or is undefined when it is there. */
export interface Prerequisite {
  readonly name: string;
  missing(environment: NodeJS.ProcessEnv): string | undefined;
}

const answers = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 60_000 }).status === 0;

export const node22: Prerequisite = {
  name: 'Node 22',
  missing: () =>
    process.version.startsWith('v22.')
      ? undefined
      : `Node 22 runs the tests, this is ${process.version}. Start them through npm after "npm ci": it brings Node 22.`,
};

/** `TERRAFORM_BINARY_NAME` (the CDKTF command's own variable) names another program, such as `tofu`. */
export const terraform: Prerequisite = {
  name: 'Terraform or OpenTofu',
  missing: ({ TERRAFORM_BINARY_NAME: chosen }) => {
    const candidates = chosen ? [chosen] : ['terraform', 'tofu'];
    if (candidates.some((program) => answers(program, 'version'))) return undefined;
    return `${candidates.join(' or ')} is not in PATH. Install Terraform 1.6 or later (developer.hashicorp.com/terraform/install) or OpenTofu 1.6 or later (opentofu.org/docs/intro/install).`;
  },
};

export const python: Prerequisite = {
  name: 'Python 3 with venv',
  missing: () =>
    answers('python3', '-c', 'import venv, ensurepip')
      ? undefined
      : 'python3 with its venv module is missing; the AWS emulator needs it. Debian: apt install python3 python3-venv; macOS: brew install python3.',
};

const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const chromium: Prerequisite = {
  name: 'Chromium',
  missing: ({ CHROMIUM_PATH: chosen }) => {
    const candidates = chosen ? [chosen] : browsers;
    if (candidates.some((program) => answers(program, '--version'))) return undefined;
    return `${candidates[0]} is missing. Debian: apt install chromium; elsewhere set CHROMIUM_PATH to a Chromium or Chrome program.`;
  },
};

export const docker: Prerequisite = {
  name: 'Docker',
  missing: () =>
    answers('docker', 'version')
      ? undefined
      : 'no Docker engine answers. Start Docker, or set DOCKER_HOST to a running engine.',
};
