import type { Environment } from '../../runtime/core/config.ts';
import { ConfigError } from '../../runtime/core/errors.ts';
import {
  readSweeperConfig,
  readWebhookConfig,
  readWorkerConfig,
  type WorkerConfig,
} from '../../runtime/replies/config.ts';
import { bad, checked, type Finding, ok, warning } from '../deploy/checks/finding.ts';
import { errorFindings } from '../deploy/checks/logs.ts';
import { type DeployedFunction, findFunction } from '../deployed.ts';
import type { World } from '../world.ts';
import { recursionFinding, triggerFindings } from './check-function.ts';
import { deadLetterFinding, humanFinding, visibilityFindings } from './check-queues.ts';
import { indexFindings, ttlFindings } from './check-tables.ts';
import { webhookFinding } from './check-webhook.ts';
import { findWorker, logGroupsOf, type RepliesNames } from './deployed.ts';

const RIGHTS_FIX = 'Your credentials need the right for this call.';

/** One finding for each point of the deployment. Reads alone; throws when there is no worker. */
export async function repliesFindings(names: RepliesNames, world: World): Promise<readonly Finding[]> {
  const { aws } = world;
  const worker = await findWorker(names, aws);
  const { config, finding } = readEnvironment(worker, readWorkerConfig);
  const others = await checked('environment', RIGHTS_FIX, () => otherEnvironments(names, world));
  if (!config) return [finding, ...others];
  const deployed = { names, worker, config, region: worker.region, logGroups: logGroupsOf(names) };
  const point = (check: string, make: () => Promise<readonly Finding[]>) => checked(check, RIGHTS_FIX, make);
  const points = await Promise.all([
    point('trigger', () => triggerFindings(deployed, aws)),
    point('visibility', () => visibilityFindings(deployed, aws)),
    point('ttl', () => ttlFindings(deployed, aws)),
    point('indexes', () => indexFindings(deployed, aws)),
    point('recursion', async () => [await recursionFinding(deployed, aws)]),
    point('webhook', async () => [await webhookFinding(deployed, world)]),
    point('dead letters', async () => [await deadLetterFinding(deployed, aws)]),
    point('human queue', async () => [await humanFinding(deployed, aws)]),
    point('errors', () => errorFindings(deployed.logGroups, aws, ERRORS_FIX)),
  ]);
  return [finding, ...others, heartbeatFinding(config, worker), ...points.flat()];
}

const ERRORS_FIX = 'Section 9 of docs/replies.md says what the line means.';

/** The configuration that a function would start with, read as it reads it. */
function readEnvironment<C>(
  { name, environment, region }: DeployedFunction,
  read: (environment: Environment) => C,
): { readonly config: C | undefined; readonly finding: Finding } {
  try {
    const config = read({ AWS_REGION: region, ...environment });
    return { config, finding: ok('environment', `${name} has all its variables`) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const finding = bad(
      'environment',
      `${name}: ${error.faults.join('; ')}`,
      'Mend the variables, deploy again.',
    );
    return { config: undefined, finding };
  }
}

async function otherEnvironments(names: RepliesNames, { aws }: World): Promise<readonly Finding[]> {
  const findings = [
    [names.webhook, readWebhookConfig],
    [names.sweeper, readSweeperConfig],
  ] as const;
  return Promise.all(
    findings.map(async ([name, read]) => {
      const found = await findFunction(name, aws);
      if (found) return readEnvironment<unknown>(found, read).finding;
      return bad('environment', `there is no function ${name}`, 'Deploy the module whole.');
    }),
  );
}

/** How long a message is away after a process was killed (contract replies §5.3). */
function heartbeatFinding(
  { heartbeatIntervalMillis }: WorkerConfig,
  { timeoutSeconds }: DeployedFunction,
): Finding {
  const pause = Math.ceil((2 * heartbeatIntervalMillis) / 1000);
  const text = `a beat every ${heartbeatIntervalMillis / 1000} s: a turn that was killed goes on after ${pause} s`;
  if (pause <= timeoutSeconds || timeoutSeconds === 0) return ok('heartbeat', text);
  return warning('heartbeat', text, 'Set SQS_HEARTBEAT_INTERVAL_MS to 30000.');
}
