import { type AwsClient, awsErrorName, callAws } from '../runtime/core/aws-errors.ts';
import type { Clock } from '../runtime/core/clock.ts';
import type { Environment } from '../runtime/core/config.ts';
import { parseDotenv } from '../runtime/core/dotenv.ts';
import { needing } from './needing.ts';

/** AWS services that commands speak to. Each client is made on first use. */
export interface CommandAws {
  readonly clock: Clock;
  s3(): Promise<AwsClient>;
  dynamodb(): Promise<AwsClient>;
  sqs(): Promise<AwsClient>;
  lambda(): Promise<AwsClient>;
  ssm(): Promise<AwsClient>;
  logs(): Promise<AwsClient>;
}

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
  const lambda = await aws.lambda();
  const { GetFunctionConfigurationCommand } = await lambdaPackage();
  const command = new GetFunctionConfigurationCommand({ FunctionName: workerFunction });
  const send = () => callAws(aws.clock, 'lambda:GetFunctionConfiguration', () => lambda.send(command));
  const found = await send().catch(async (error: unknown) => {
    if (awsErrorName(error) !== 'ResourceNotFoundException') throw error;
    const region = await regionOf(lambda);
    throw new Error(`There is no bot "${name}" in ${region} of this account: no function ${workerFunction}.`);
  });
  const environment: Environment = found.Environment?.Variables ?? {};
  if (!environment.BUCKET_NAME) throw new Error(`The function ${workerFunction} is no worker of hookline.`);
  const queueUrl = environment.MAWS_QUEUE_URL || undefined;
  return {
    name,
    region: String(found.FunctionArn ?? '').split(':')[3] ?? '',
    environment,
    bucket: environment.BUCKET_NAME,
    workerFunction,
    workerAlias: environment.WORKER_FUNCTION_NAME || workerFunction,
    queueUrl,
    deadLetterUrl: await queueUrlOf(queueUrl ? `${name}-dead.fifo` : `${name}-dead`, aws),
    logGroups: [`/aws/lambda/${name}-ingress`, `/aws/lambda/${workerFunction}`],
  };
}

/** The client knows it, wherever it was told: flags, environment or profile. */
async function regionOf(client: AwsClient): Promise<string> {
  const { config } = client as { readonly config?: { readonly region?: () => Promise<string> } };
  return (await config?.region?.()) ?? 'this region';
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

async function queueUrlOf(queueName: string, aws: CommandAws): Promise<string | undefined> {
  const sqs = await aws.sqs();
  const { GetQueueUrlCommand } = await needing(['@aws-sdk/client-sqs'], () => import('@aws-sdk/client-sqs'));
  const command = new GetQueueUrlCommand({ QueueName: queueName });
  try {
    const { QueueUrl } = await callAws(aws.clock, 'sqs:GetQueueUrl', () => sqs.send(command));
    return QueueUrl;
  } catch (error) {
    // A queue of the user's own naming: what needs it says so.
    if (/NonExistentQueue|QueueDoesNotExist/.test(awsErrorName(error))) return undefined;
    throw error;
  }
}

const lambdaPackage = () => needing(['@aws-sdk/client-lambda'], () => import('@aws-sdk/client-lambda'));
