import type { S3Client } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import type { Environment } from '../../runtime/core/config.ts';
import { ConfigError } from '../../runtime/core/errors.ts';
import { jsonLog } from '../../runtime/core/log.ts';
import { readWorkerConfig, storesOf, type WorkerConfig } from '../../runtime/files/config.ts';
import type { Stores, StoresConfig, StoresPorts } from '../../runtime/files/store/create-stores.ts';
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
  /** What they were opened with. */
  readonly settings: StoresConfig;
}

/** Where what the stores say goes. */
export type Voice = Pick<StoresPorts, 'log' | 'metrics'>;

/**
 * Opens them for `use` and closes them afterwards. Throws when there is no such deployment. `voiceOf` is given the
 * environment's name; by default warnings stand on the terminal.
 */
export async function withOpened<T>(
  flags: StoreFlags,
  world: World,
  use: (stores: OpenedStores) => Promise<T>,
  voiceOf?: (environmentName: string) => Voice,
): Promise<T> {
  const stores = await opened(flags, world, voiceOf ?? (await operatorVoice(world)));
  try {
    return await use(stores);
  } finally {
    stores.close();
  }
}

/** What an operator does is said on the terminal; it is no part of the function's metrics. */
async function operatorVoice({ clock, terminal }: World): Promise<() => Voice> {
  const { filesMetrics } = await import('../../runtime/files/store/metrics.ts');
  const nowMillis = () => clock.nowMillis();
  const log = jsonLog((line) => terminal.error(`${line}\n`), nowMillis, {}, { lowest: 'WARN' });
  const metrics = filesMetrics(() => {}, nowMillis, 'operator');
  return () => ({ log, metrics });
}

export const awsOf = ({ region }: StoreFlags, world: World): World['aws'] =>
  region === undefined ? world.aws : world.awsIn(region);

/** With a heartbeat a short lock is enough. */
const LOCAL_LOCK_SECONDS = 120;

async function opened(
  flags: StoreFlags,
  world: World,
  voiceOf: (environmentName: string) => Voice,
): Promise<OpenedStores> {
  const { name, local } = flags;
  const common = { clock: world.clock, target: 'local' } as const;
  if (local === undefined)
    return deployedStores(`${name}-file-processor`, awsOf(flags, world), voiceOf, common);
  const { createStores, NO_AWS } = await import('../../runtime/files/store/create-stores.ts');
  const settings = { localPath: local, lockTtlSeconds: LOCAL_LOCK_SECONDS };
  const stores = await createStores(settings, { ...common, ...NO_AWS, ...voiceOf('local') });
  return { ...stores, config: undefined, settings };
}

async function deployedStores(
  functionName: string,
  aws: World['aws'],
  voiceOf: (environmentName: string) => Voice,
  common: Pick<StoresPorts, 'clock' | 'target'>,
): Promise<OpenedStores> {
  const config = await deployedConfig(functionName, aws, readWorkerConfig);
  const [s3, dynamodb] = await Promise.all([aws.s3(), aws.dynamodb()]);
  const [{ createStores }, { s3Presign }] = await needing(
    ['@aws-sdk/client-s3', '@aws-sdk/client-dynamodb'],
    () =>
      Promise.all([
        import('../../runtime/files/store/create-stores.ts'),
        import('../../runtime/core/s3-presign.ts'),
      ]),
  );
  const clients = { s3: () => s3, dynamodb: () => dynamodb, presign: s3Presign(s3 as S3Client) };
  const settings = storesOf(config);
  const ports = { ...common, ...clients, ...voiceOf(config.environmentName) };
  return { ...(await createStores(settings, ports)), config, settings };
}

/** The configuration that a function of the deployment has. Throws when it is not there, or has another. */
export async function deployedConfig<C>(
  functionName: string,
  aws: World['aws'],
  read: (environment: Environment) => C,
): Promise<C> {
  const found = await findFunction(functionName, aws);
  if (!found) {
    const place = `in ${await regionOf(aws)} of this account`;
    throw new Error(
      `There is no deployment here: no function ${functionName} ${place}. Name it with --name, or give --local <folder> for executions of this machine.`,
    );
  }
  try {
    return read({ AWS_REGION: found.region, ...found.environment });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Error(
      `The variables of the function ${functionName} are not those of hookline files: ${error.faults.join('; ')}.`,
      { cause: error },
    );
  }
}
