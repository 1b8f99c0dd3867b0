import type { Environment } from '../runtime/core/config.ts';
import { parseDotenv } from '../runtime/core/dotenv.ts';
import { type CommandAws, findFunction, queueUrlOf, regionOf } from './deployed.ts';
import { needing } from './needing.ts';

/** Where a deployed bot keeps what. The worker's own variables say it, however the bot was deployed. */
export interface DeployedBot {
  readonly name: string;
  readonly region: string;
  /** The worker's environment: bucket, table, queue, prefixes; no secrets. */
  readonly environment: Environment;
  readonly bucket: string;
  readonly workerFunction: string;
  /** Alias that jobs are handed to. */
  readonly workerAlias: string;
  /** Present under `fifo` and `merge`. */
  readonly queueUrl: string | undefined;
  readonly deadLetterUrl: string | undefined;
  /** Of the ingress and the worker; with `single_function` there is only the second. */
  readonly logGroups: readonly string[];
}

/**
 * Finds a bot by the module's `name`. Throws when there is no such worker in the account and region, or it
 * names no bucket.
 */
export async function findBot(name: string, aws: CommandAws): Promise<DeployedBot> {
  const workerFunction = `${name}-worker`;
  const found = await findFunction(workerFunction, aws);
  if (!found) {
    const region = await regionOf(aws);
    throw new Error(`There is no bot "${name}" in ${region} of this account: no function ${workerFunction}.`);
  }
  const { environment, region } = found;
  if (!environment.BUCKET_NAME) throw new Error(`The function ${workerFunction} is no worker of hookline.`);
  const queueUrl = environment.MAWS_QUEUE_URL || undefined;
  return {
    name,
    region,
    environment,
    bucket: environment.BUCKET_NAME,
    workerFunction,
    workerAlias: environment.WORKER_FUNCTION_NAME || workerFunction,
    queueUrl,
    deadLetterUrl: await queueUrlOf(queueUrl ? `${name}-dead.fifo` : `${name}-dead`, aws),
    logGroups: [`/aws/lambda/${name}-ingress`, `/aws/lambda/${workerFunction}`],
  };
}

/** The worker's environment with its secrets: what the bot itself reads. Asks SSM once. */
export async function botEnvironment({ environment }: DeployedBot, aws: CommandAws): Promise<Environment> {
  const name = environment.ENV_PARAMETER_NAME;
  if (!name) return environment;
  const { readSsmParameter } = await needing(
    ['@aws-sdk/client-ssm'],
    () => import('../runtime/core/parameters.ts'),
  );
  return { ...parseDotenv(await readSsmParameter(await aws.ssm(), aws.clock, name)), ...environment };
}
