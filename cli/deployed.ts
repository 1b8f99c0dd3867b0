import { type AwsClient, awsErrorName, callAws } from '../runtime/core/aws-errors.ts';
import type { Clock } from '../runtime/core/clock.ts';
import type { Environment } from '../runtime/core/config.ts';
import { needing } from './needing.ts';

/** AWS services that commands speak to. Each client is made on first use. */
export interface CommandAws {
  readonly clock: Clock;
  s3(): Promise<AwsClient>;
  dynamodb(): Promise<AwsClient>;
  sqs(): Promise<AwsClient>;
  lambda(): Promise<AwsClient>;
  ssm(): Promise<AwsClient>;
  secretsManager(): Promise<AwsClient>;
  cloudwatch(): Promise<AwsClient>;
  logs(): Promise<AwsClient>;
}

/** A deployed function, as far as commands need it. */
export interface DeployedFunction {
  readonly name: string;
  readonly region: string;
  /** Its variables say where the system keeps what, however it was deployed. */
  readonly environment: Environment;
  readonly timeoutSeconds: number;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Of the code, base64. */
  readonly sha256: string;
}

/** A function by its name; undefined when the account and region have none. */
export async function findFunction(name: string, aws: CommandAws): Promise<DeployedFunction | undefined> {
  const lambda = await aws.lambda();
  const { GetFunctionConfigurationCommand } = await needing(
    ['@aws-sdk/client-lambda'],
    () => import('@aws-sdk/client-lambda'),
  );
  const command = new GetFunctionConfigurationCommand({ FunctionName: name });
  try {
    const found = await callAws(aws.clock, 'lambda:GetFunctionConfiguration', () => lambda.send(command));
    return {
      name,
      region: String(found.FunctionArn ?? '').split(':')[3] ?? '',
      environment: found.Environment?.Variables ?? {},
      timeoutSeconds: Number(found.Timeout ?? 0),
      changedAt: String(found.LastModified ?? ''),
      sha256: String(found.CodeSha256 ?? ''),
    };
  } catch (error) {
    if (awsErrorName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** The client knows it, wherever it was told: flags, environment or profile. */
export async function regionOf(aws: CommandAws): Promise<string> {
  const { config } = (await aws.lambda()) as {
    readonly config?: { readonly region?: () => Promise<string> };
  };
  return (await config?.region?.()) ?? 'this region';
}

/** A queue's URL by its name; undefined when there is no such queue. */
export async function queueUrlOf(queueName: string, aws: CommandAws): Promise<string | undefined> {
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

/** All attributes of a queue, as AWS writes them. */
export async function queueAttributes(
  url: string,
  aws: CommandAws,
): Promise<Readonly<Record<string, string>>> {
  const sqs = await aws.sqs();
  const { GetQueueAttributesCommand } = await needing(
    ['@aws-sdk/client-sqs'],
    () => import('@aws-sdk/client-sqs'),
  );
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes } = await callAws(aws.clock, 'sqs:GetQueueAttributes', () => sqs.send(command));
  return Attributes ?? {};
}
