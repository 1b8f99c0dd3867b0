import { ConfigError } from '../../runtime/core/errors.ts';
import { keyedHash } from '../../runtime/core/log.ts';
import { readWorkerConfig, type WorkerConfig } from '../../runtime/replies/config.ts';
import {
  type CommandAws,
  type DeployedFunction,
  findFunction,
  queueAttributes,
  queueUrlOf,
  regionOf,
} from '../deployed.ts';

/** Names of a deployment's functions (contract replies §2). */
export interface RepliesNames {
  readonly worker: string;
  readonly webhook: string;
  readonly sweeper: string;
}

/** A deployed reply engine. Its worker's variables say where it keeps what, however it was deployed. */
export interface DeployedReplies {
  readonly names: RepliesNames;
  readonly region: string;
  readonly worker: DeployedFunction;
  readonly config: WorkerConfig;
  /** Webhook, worker, sweeper. */
  readonly logGroups: readonly string[];
}

/** Names of the manual deployment. */
export const MANUAL_NAMES: RepliesNames = {
  worker: 'WhatsAppMessagingLambda',
  webhook: 'WhatsAppStagingLambda',
  sweeper: 'WhatsAppSweeperLambda',
};

/** Names of a deployment with an environment. */
export const environmentNames = (prefix: string, environment: string): RepliesNames => ({
  worker: `${prefix}-whatsapp-messaging-${environment}`,
  webhook: `${prefix}-staging-${environment}`,
  sweeper: `${prefix}-sweeper-${environment}`,
});

/** The deployment's worker. Throws when the account and region have none. */
export async function findWorker(names: RepliesNames, aws: CommandAws): Promise<DeployedFunction> {
  const worker = await findFunction(names.worker, aws);
  if (worker) return worker;
  const advice = 'Name the deployment with --env and, if it is not the default one, --prefix.';
  const place = `in ${await regionOf(aws)} of this account`;
  throw new Error(`There is no reply engine here: no function ${names.worker} ${place}. ${advice}`);
}

/** A reply engine with its configuration. Throws when there is none, or its variables cannot be used. */
export async function findReplies(names: RepliesNames, aws: CommandAws): Promise<DeployedReplies> {
  const worker = await findWorker(names, aws);
  const { region } = worker;
  return { names, region, worker, config: configOf(worker), logGroups: logGroupsOf(names) };
}

export const logGroupsOf = ({ webhook, worker, sweeper }: RepliesNames): readonly string[] =>
  [webhook, worker, sweeper].map((name) => `/aws/lambda/${name}`);

function configOf({ name, environment, region }: DeployedFunction): WorkerConfig {
  try {
    return readWorkerConfig({ AWS_REGION: region, ...environment });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Error(
      `The variables of the function ${name} are not those of a reply engine: ${error.faults.join('; ')}.`,
      { cause: error },
    );
  }
}

/** The queue that the channel queue puts away to. Throws when it has none. */
export async function deadLetterUrlOf({ config }: DeployedReplies, aws: CommandAws): Promise<string> {
  const { RedrivePolicy } = await queueAttributes(config.whatsappQueueUrl, aws);
  const name = /"deadLetterTargetArn"\s*:\s*"[^"]*:([^":]+)"/.exec(RedrivePolicy ?? '')?.[1];
  const url = name === undefined ? undefined : await queueUrlOf(name, aws);
  if (url === undefined)
    throw new Error(
      'The channel queue has no dead-letter queue (no redrive policy). Give it with --dead-letters <url>.',
    );
  return url;
}

/** How a conversation stands in the log. */
export const referenceOf = ({ config }: DeployedReplies, conversationId: string): string =>
  keyedHash(config.logHashKey, conversationId);
