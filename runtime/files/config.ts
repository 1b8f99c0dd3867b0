import { type Environment, EnvironmentReader } from '../core/config.ts';
import { ConfigError } from '../core/errors.ts';
import type { LogLevel } from '../core/log.ts';
import { LOCALES, type Locale } from './messages.ts';
import type { StoresConfig } from './store/create-stores.ts';

export type { FilesMetric } from './store/metrics.ts';

/** Variables that both functions need from the stack: forgetting one does not compile there. */
type SharedVariable =
  | 'SAGE_S3_BUCKET'
  | 'SAGE_S3_PREFIX'
  | 'SAGE_LOCK_TABLE'
  | 'SAGE_EXECUTIONS_TABLE'
  | 'SAGE_LOCK_TTL_SECONDS'
  | 'SAGE_ENVIRONMENT';

/** Variables that the stack must set on the function that processes (contract files §3.4). */
export type WorkerVariable = SharedVariable | 'SAGE_LOCALE' | 'SAGE_PRICE_GB_SECOND' | 'SAGE_INVOCATION_MODE';

/** Variables that the stack must set on the detector. */
export type DetectorVariable =
  | SharedVariable
  | 'SAGE_LAMBDA_FUNCTION'
  | 'SAGE_DISPATCH_QUEUE_URL'
  | 'SAGE_FAILURE_QUEUE_URL'
  | 'SAGE_MAX_EVENT_AGE_SECONDS'
  | 'SAGE_REDRIVE';

/** Where executions are kept, and how. */
export interface FilesConfig {
  readonly bucket: string;
  readonly prefix: string;
  readonly lockTable: string;
  readonly executionsTable: string;
  readonly lockTtlSeconds: number;
  /** Dimension of metrics, and what the keys of locks begin with; default `prod`. */
  readonly environmentName: string;
  readonly region: string | undefined;
  readonly logLevel: LogLevel;
  readonly warnings: readonly string[];
}

/** Where the stores of a deployment are. Keys of locks begin with the environment's name. */
export const storesOf = (config: FilesConfig): StoresConfig => ({
  useS3: true,
  s3Bucket: config.bucket,
  s3Prefix: config.prefix,
  lockTable: config.lockTable,
  lockTtlSeconds: config.lockTtlSeconds,
  executionsTable: config.executionsTable,
  keyNamespace: config.environmentName,
});

export type InvocationMode = 'async' | 'sync';

export interface WorkerConfig extends FilesConfig {
  /** Default `es`. */
  readonly locale: Locale;
  readonly priceGbSecond: number | undefined;
  /** How an event that does not say is answered; default `async`. */
  readonly invocationMode: InvocationMode;
  /** Of the function, in MB; default 2048. */
  readonly memoryMb: number;
}

/** Whether the detector dispatches again: `dry-run` only says what it would do. */
export type RedriveMode = 'on' | 'paused' | 'dry-run';

export interface DetectorConfig extends FilesConfig {
  /** Name or ARN of the alias that is invoked. */
  readonly functionName: string;
  /** Dispatches through this queue where it is set. */
  readonly dispatchQueueUrl: string | undefined;
  readonly failureQueueUrl: string | undefined;
  /** How long an event may wait for a free environment; default 300. */
  readonly maxEventAgeSeconds: number;
  /** Default `on`. */
  readonly redrive: RedriveMode;
}

/** The worker's configuration. Throws one `ConfigError` that lists every fault. */
export function readWorkerConfig(environment: Environment): WorkerConfig {
  const env = new EnvironmentReader(environment);
  return checked(env, {
    ...readShared(env),
    locale: env.choice(['SAGE_LOCALE'], LOCALES, 'es'),
    priceGbSecond: env.positive('SAGE_PRICE_GB_SECOND'),
    invocationMode: env.choice(['SAGE_INVOCATION_MODE'], ['async', 'sync'], 'async'),
    memoryMb: env.integer('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 2048, 128),
  });
}

/** The detector's configuration. Throws one `ConfigError` that lists every fault. */
export function readDetectorConfig(environment: Environment): DetectorConfig {
  const env = new EnvironmentReader(environment);
  return checked(env, {
    ...readShared(env),
    functionName: required(env, 'SAGE_LAMBDA_FUNCTION'),
    dispatchQueueUrl: env.text('SAGE_DISPATCH_QUEUE_URL'),
    failureQueueUrl: env.text('SAGE_FAILURE_QUEUE_URL'),
    maxEventAgeSeconds: env.integer('SAGE_MAX_EVENT_AGE_SECONDS', 300, 60),
    redrive: env.choice(['SAGE_REDRIVE'], ['on', 'paused', 'dry-run'], 'on'),
  });
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

function readShared(env: EnvironmentReader): Omit<FilesConfig, 'warnings'> {
  return {
    bucket: required(env, 'SAGE_S3_BUCKET'),
    prefix: env.text('SAGE_S3_PREFIX') ?? 'executions/',
    lockTable: required(env, 'SAGE_LOCK_TABLE'),
    executionsTable: env.text('SAGE_EXECUTIONS_TABLE') ?? 'sage_executions',
    // With a heartbeat a short lock is enough; only callers without one keep it for an hour.
    lockTtlSeconds: env.integer('SAGE_LOCK_TTL_SECONDS', 120, 1),
    environmentName: env.text('SAGE_ENVIRONMENT') ?? 'prod',
    region: env.text('AWS_REGION'),
    logLevel: env.choice(['LOG_LEVEL'], LOG_LEVELS, 'info').toUpperCase() as LogLevel,
  };
}

function required(env: EnvironmentReader, name: string): string {
  const value = env.text(name);
  if (value === undefined) env.faults.push(`${name} is not set`);
  return value ?? '';
}

function checked<C>(env: EnvironmentReader, config: C): C & { readonly warnings: readonly string[] } {
  if (env.faults.length > 0) throw new ConfigError(env.faults);
  return { ...config, warnings: env.warnings };
}
