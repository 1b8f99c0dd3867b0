import type { S3Client } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { ConfigError } from '../../runtime/core/errors.ts';
import { jsonLog } from '../../runtime/core/log.ts';
import { readWorkerConfig, type WorkerConfig } from '../../runtime/files/config.ts';
import type { Stores, StoresPorts } from '../../runtime/files/store/create-stores.ts';
import { findFunction, regionOf } from '../deployed.ts';
import { needing, type World } from '../world.ts';

/** Where the executions are that a command is about. */
export interface StoreFlags {
  readonly name: string;
  readonly region?: string;
  readonly local?: string;
}

/** Options of every command about executions: those of a deployment, or those in a folder. */
export const withStores = (command: Command): Command =>
  command
    .option('--name <name>', 'what the names of the deployment begin with', 'sage')
    .option('--region <region>', "AWS region (default: the environment's)")
    .option('--local <folder>', 'executions of this machine, in this folder, instead of a deployment');

export interface OpenedStores extends Stores {
  /** The deployed function's configuration; undefined for a folder. */
  readonly config: WorkerConfig | undefined;
}

/** Opens them for `use` and closes them afterwards. Throws when there is no such deployment. */
export async function withOpened<T>(
  flags: StoreFlags,
  world: World,
  use: (stores: OpenedStores) => Promise<T>,
): Promise<T> {
  const stores = await opened(flags, world);
  try {
    return await use(stores);
  } finally {
    stores.close();
  }
}

async function opened({ name, region, local }: StoreFlags, world: World): Promise<OpenedStores> {
  const aws = region === undefined ? world.aws : world.awsIn(region);
  const [{ createStores }, { filesMetrics }] = await Promise.all([
    import('../../runtime/files/store/create-stores.ts'),
    import('../../runtime/files/store/metrics.ts'),
  ]);
  const { clock, terminal } = world;
  // What an operator does is said on the terminal; it is no part of the function's metrics.
  const log = jsonLog(
    (line) => terminal.error(`${line}\n`),
    () => clock.nowMillis(),
    {},
    { lowest: 'WARN' },
  );
  const common = {
    clock,
    log,
    metrics: filesMetrics(
      () => {},
      () => clock.nowMillis(),
      'operator',
    ),
    target: 'local',
  } as const;
  return local === undefined
    ? deployedStores(`${name}-file-processor`, aws, common)
    : { ...(await createStores({ localPath: local }, { ...common, ...NO_AWS })), config: undefined };
}

const noAws = () => {
  throw new Error('No AWS client is needed for a folder.');
};
const NO_AWS = { s3: noAws, dynamodb: noAws, presign: noAws };

async function deployedStores(
  functionName: string,
  aws: World['aws'],
  common: Omit<StoresPorts, keyof typeof NO_AWS>,
): Promise<OpenedStores> {
  const config = await deployedConfig(functionName, aws);
  const [s3, dynamodb] = await Promise.all([aws.s3(), aws.dynamodb()]);
  const [{ createStores }, { s3Presign }] = await needing(
    ['@aws-sdk/client-s3', '@aws-sdk/client-dynamodb'],
    () =>
      Promise.all([
        import('../../runtime/files/store/create-stores.ts'),
        import('../../runtime/core/s3-presign.ts'),
      ]),
  );
  const ports = { ...common, s3: () => s3, dynamodb: () => dynamodb, presign: s3Presign(s3 as S3Client) };
  const { bucket, prefix, lockTable, executionsTable, lockTtlSeconds, environmentName } = config;
  const settings = {
    useS3: true,
    s3Bucket: bucket,
    s3Prefix: prefix,
    lockTable,
    executionsTable,
    lockTtlSeconds,
  };
  return { ...(await createStores({ ...settings, keyNamespace: environmentName }, ports)), config };
}

async function deployedConfig(functionName: string, aws: World['aws']): Promise<WorkerConfig> {
  const found = await findFunction(functionName, aws);
  if (!found) {
    const place = `in ${await regionOf(aws)} of this account`;
    throw new Error(
      `There is no deployment here: no function ${functionName} ${place}. Name it with --name, or give --local <folder> for executions of this machine.`,
    );
  }
  try {
    return readWorkerConfig({ AWS_REGION: found.region, ...found.environment });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Error(
      `The variables of the function ${functionName} are not those of hookline files: ${error.faults.join('; ')}.`,
      { cause: error },
    );
  }
}
