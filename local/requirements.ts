import { type Backend, chosenBackend } from './emulator/emulator.ts';
import { findPython, PYTHON_HELP } from './emulator/python.ts';
import { Problem } from './problem.ts';
import { probe } from './process.ts';
import { findTerraform, TERRAFORM_HELP } from './terraform.ts';

export interface Requirements {
  readonly backend: Backend;
  /** `terraform` or `tofu`. */
  readonly terraform: string;
}

/** Checks everything that a start needs, and says all that is missing at once. */
export async function checkRequirements(): Promise<Requirements> {
  const backend = chosenBackend(process.env.AWS_TEST_BACKEND);
  const [terraform, emulator] = await Promise.all([findTerraform(), missingForEmulator(backend)]);
  const missing = [missingNode(), terraform ? undefined : TERRAFORM_HELP, emulator].filter(Boolean);
  if (!terraform || missing.length > 0) throw new Problem(missing.join('\n'));
  return { backend, terraform };
}

/** The functions run on this process's Node, which must be the one of Lambda's runtime or a newer one. */
function missingNode(): string | undefined {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major >= 22) return undefined;
  return `Node 22 is needed and comes with "npm ci"; this is ${process.version}. Start with "npm start", not directly.`;
}

async function missingForEmulator(backend: Backend): Promise<string | undefined> {
  const hasDocker = async () =>
    Boolean(await probe('docker', ['version', '--format', '{{.Server.Version}}']));
  if (backend === 'localstack' && !(await hasDocker())) {
    const { DOCKER_HELP } = await import('./emulator/localstack.ts');
    return DOCKER_HELP;
  }
  if (backend !== 'ministack' || (await findPython())) return undefined;
  return (await hasDocker())
    ? `${PYTHON_HELP} Or use Docker: AWS_TEST_BACKEND=localstack npm start`
    : PYTHON_HELP;
}
