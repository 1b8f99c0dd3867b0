import type { RedriveClients } from '../runtime/bot/redrive.ts';
import type { AwsClient } from '../runtime/core/aws-errors.ts';
import { type Clock, systemClock } from '../runtime/core/clock.ts';
import type { Environment } from '../runtime/core/config.ts';
import { type Ask, processAsk } from './ask.ts';
import type { CommandAws } from './deployed.ts';
import { needing } from './needing.ts';
import { type RunProgram, runProgram } from './program.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export { needing } from './needing.ts';

/** What the command reaches the world through; tests give fakes. */
export interface World {
  readonly terminal: Terminal;
  /** Default region: the environment's. */
  redriveClients(region?: string): Promise<RedriveClients>;
  /** In the environment's region. */
  readonly aws: CommandAws;
  /** Default region: the environment's. */
  awsIn(region: string | undefined): CommandAws;
  /** The service that finds resources by their tags. */
  tagging(region: string | undefined): Promise<AwsClient>;
  readonly environment: Environment;
  /** As `v22.13.0`. */
  readonly nodeVersion: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Undefined without a terminal. */
  readonly ask: Ask | undefined;
  readonly runProgram: RunProgram;
  /** Aborts at the first Ctrl-C or SIGTERM; the second one ends the process. */
  interruption(): AbortSignal;
  /** Folder of the zips that this package ships; undefined: found beside the code. */
  readonly bundles?: string;
}

/** The part of the world that a deployed bot is looked at and worked on through. */
export type BotWorld = Pick<World, 'aws' | 'fetch' | 'redriveClients'>;

// Retries are ours: they know what is safe to repeat.
const CLIENT = { maxAttempts: 1 };

const settingsIn = (region: string | undefined) => ({ ...CLIENT, ...(region !== undefined && { region }) });

/** An emulator's queue addresses may name hosts that only it knows. */
const queueAddress = () => ({ useQueueUrlAsEndpoint: process.env.AWS_ENDPOINT_URL === undefined });

/** Makes a client on first use and keeps it. */
function client(packageName: string, make: () => Promise<AwsClient>): () => Promise<AwsClient> {
  let made: Promise<AwsClient> | undefined;
  return () => {
    made ??= needing([packageName], make);
    return made;
  };
}

function commandAws(region: string | undefined): CommandAws {
  const settings = settingsIn(region);
  return {
    clock: systemClock,
    s3: client('@aws-sdk/client-s3', async () => {
      // Emulators are found by their address, which has no place for a bucket's name.
      const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined;
      return new (await import('@aws-sdk/client-s3')).S3Client({ ...settings, forcePathStyle });
    }),
    dynamodb: client(
      '@aws-sdk/client-dynamodb',
      async () => new (await import('@aws-sdk/client-dynamodb')).DynamoDBClient(settings),
    ),
    sqs: client(
      '@aws-sdk/client-sqs',
      async () => new (await import('@aws-sdk/client-sqs')).SQSClient({ ...settings, ...queueAddress() }),
    ),
    lambda: client(
      '@aws-sdk/client-lambda',
      async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(settings),
    ),
    ssm: client(
      '@aws-sdk/client-ssm',
      async () => new (await import('@aws-sdk/client-ssm')).SSMClient(settings),
    ),
    secretsManager: client(
      '@aws-sdk/client-secrets-manager',
      async () => new (await import('@aws-sdk/client-secrets-manager')).SecretsManagerClient(settings),
    ),
    cloudwatch: client(
      '@aws-sdk/client-cloudwatch',
      async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(settings),
    ),
    logs: client(
      '@aws-sdk/client-cloudwatch-logs',
      async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(settings),
    ),
  };
}

/** AWS clients take region, credentials and `AWS_ENDPOINT_URL` from the environment, as the AWS CLI does. */
export const processWorld: World = {
  terminal: processTerminal,
  aws: commandAws(undefined),
  awsIn: commandAws,
  tagging: (region) =>
    needing(
      ['@aws-sdk/client-resource-groups-tagging-api'],
      async () =>
        new (await import('@aws-sdk/client-resource-groups-tagging-api')).ResourceGroupsTaggingAPIClient(
          settingsIn(region),
        ),
    ),
  environment: process.env,
  nodeVersion: process.version,
  clock: systemClock,
  fetch: (input, init) => fetch(input, init),
  ask: processAsk,
  runProgram,
  interruption: interruptionOnce(),
  async redriveClients(region) {
    const [{ SQSClient }, { LambdaClient }] = await needing(
      ['@aws-sdk/client-sqs', '@aws-sdk/client-lambda'],
      () => Promise.all([import('@aws-sdk/client-sqs'), import('@aws-sdk/client-lambda')]),
    );
    const settings = settingsIn(region);
    // A synchronous invocation answers within 15 minutes.
    const requestHandler = { requestTimeout: 930_000, throwOnRequestTimeout: true };
    const lambda = new LambdaClient({ ...settings, requestHandler });
    return { sqs: new SQSClient({ ...settings, ...queueAddress() }), lambda, clock: systemClock };
  },
};

function interruptionOnce(): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (!controller) {
      const made = new AbortController();
      controller = made;
      for (const signal of ['SIGINT', 'SIGTERM'])
        process.once(signal, () => made.abort(new Error('Interrupted. Run the command again to go on.')));
    }
    return controller.signal;
  };
}
