import { systemClock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import { ConfigError } from '../core/errors.ts';
import { jsonLog, type Log } from '../core/log.ts';
import type { FilesConfig } from './config.ts';
import type { FilesHandlerOptions } from './options.ts';
import { createStores, type Stores, type StoresPorts } from './store/create-stores.ts';
import { filesMetrics } from './store/metrics.ts';

/**
 * What both functions begin with: configuration, clock, log and metrics. Throws the `ConfigError` of a faulty
 * configuration, which is logged: then the function must not start (contract files §3.4, B1).
 */
export function setUp<C extends FilesConfig>(
  readConfig: (environment: Environment) => C,
  environment: Environment,
  { clients, writeLog }: FilesHandlerOptions,
) {
  const clock = clients?.clock ?? systemClock;
  const write = writeLog ?? ((line: string) => process.stdout.write(`${line}\n`));
  const nowMillis = () => clock.nowMillis();
  const logAt = (lowest?: FilesConfig['logLevel']) =>
    jsonLog(write, nowMillis, {}, { nameField: 'event', ...(lowest && { lowest }) });
  const config = readOrReport(() => readConfig(environment), logAt());
  const log = logAt(config.logLevel);
  for (const warning of config.warnings) log.warn('configuration_warning', { warning });
  return { config, clock, log, metrics: filesMetrics(write, nowMillis, config.environmentName) };
}

function readOrReport<C>(read: () => C, log: Log): C {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) log.critical('configuration_faulty', { faults: error.faults });
    throw error;
  }
}

/** Storage, lock and records in AWS. Keys of locks begin with the environment's name. */
export const openStores = (config: FilesConfig, ports: Omit<StoresPorts, 'target'>): Promise<Stores> =>
  createStores(
    {
      useS3: true,
      s3Bucket: config.bucket,
      s3Prefix: config.prefix,
      lockTable: config.lockTable,
      lockTtlSeconds: config.lockTtlSeconds,
      executionsTable: config.executionsTable,
      keyNamespace: config.environmentName,
    },
    { ...ports, target: 'lambda' },
  );
