import { readSsmParameter } from '../../runtime/core/parameters.ts';
import type { Project } from '../project/project.ts';
import { checkSecrets, type Secrets } from '../project/secrets.ts';
import type { World } from '../world.ts';

/** The secrets as the deployed bot reads them. Throws `AwsCallError`. */
export async function readStoredSecrets(project: Project, world: World): Promise<Secrets> {
  const ssm = await world.awsIn(project.region).ssm();
  return checkSecrets(project, await readSsmParameter(ssm, world.clock, project.parameterName));
}
