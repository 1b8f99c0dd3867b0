import type { RedriveClients } from '../runtime/bot/redrive.ts';
import type { AwsClient } from '../runtime/core/aws-errors.ts';
import { systemClock } from '../runtime/core/clock.ts';
import { type Ask, processAsk } from './ask.ts';
import type { CommandAws } from './deployed-bot.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What the command reaches the world through; tests give fakes. */
export interface World {
  readonly terminal: Terminal;
  redriveClients(): Promise<RedriveClients>;
  readonly aws: CommandAws;
  /** Undefined without a terminal. */
  readonly ask: Ask | undefined;
}

// Retries are ours: they know what is safe to repeat.
const CLIENT = { maxAttempts: 1 };

/** Makes a client on first use and keeps it. */
function client(packageName: string, make: () => Promise<AwsClient>): () => Promise<AwsClient> {
  let made: Promise<AwsClient> | undefined;
  return () => {
    made ??= needing([packageName], make);
    return made;
  };
}

const processAws: CommandAws = {
  clock: systemClock,
  s3: client('@aws-sdk/client-s3', async () => {
    // Emulators are found by their address, which has no place for a bucket's name.
    const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined;
    return new (await import('@aws-sdk/client-s3')).S3Client({ ...CLIENT, forcePathStyle });
  }),
  dynamodb: client(
    '@aws-sdk/client-dynamodb',
    async () => new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient(CLIENT),
  ),
  sqs: client('@aws-sdk/client-sqs', async () => new (await import('@aws-sdk/client-sqs')).SQSClient(CLIENT)),
  lambda: client(
    '@aws-sdk/client-lambda',
    async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(CLIENT),
  ),
  ssm: client('@aws-sdk/client-ssm', async () => new (await import('@aws-sdk/client-ssm')).SSMClient(CLIENT)),
  logs: client(
    '@aws-sdk/client-cloudwatch-logs',
    async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(CLIENT),
  ),
};

/** AWS clients take region, credentials and `AWS_ENDPOINT_URL` from the environment, as the AWS CLI does. */
export const processWorld: World = {
  terminal: processTerminal,
  aws: processAws,
  ask: processAsk,
  async redriveClients() {
    const [{ SQSClient }, { LambdaClient }] = await needing(
      ['@aws-sdk/client-sqs', '@aws-sdk/client-lambda'],
      () => Promise.all([import('@aws-sdk/client-sqs'), import('@aws-sdk/client-lambda')]),
    );
    const settings = CLIENT;
    // A synchronous invocation answers within 15 minutes.
    const requestHandler = { requestTimeout: 930_000, throwOnRequestTimeout: true };
    const lambda = new LambdaClient({ ...settings, requestHandler });
    return { sqs: new SQSClient(settings), lambda, clock: systemClock };
  },
};

/** Runs `load`; a package that is not installed is named, with all that the command needs. */
export async function needing<T>(packages: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const command = `npm install --save-dev ${packages.join(' ')}`;
    throw new Error(`This command needs packages that are not installed. Run: ${command}`, { cause: error });
  }
}
