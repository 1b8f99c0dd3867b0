import type { Environment } from '../core/config.ts';
import { setUpFunction } from '../core/set-up.ts';
import { type FilesConfig, storesOf } from './config.ts';
import type { FilesHandlerOptions } from './options.ts';
import { createStores, type Stores, type StoresPorts } from './store/create-stores.ts';
import { filesMetrics } from './store/metrics.ts';

/** What both functions begin with (contract files §3.4, B1). Throws `ConfigError`. */
export function setUp<C extends FilesConfig>(
  readConfig: (environment: Environment) => C,
  environment: Environment,
  options: FilesHandlerOptions,
) {
  const { write, nowMillis, ...ready } = setUpFunction(readConfig, environment, options);
  const metrics = filesMetrics(write, nowMillis, ready.config.environmentName);
  return { ...ready, metrics };
}

/** Storage, lock and records in AWS. */
export const openStores = (config: FilesConfig, ports: Omit<StoresPorts, 'target'>): Promise<Stores> =>
  createStores(storesOf(config), { ...ports, target: 'lambda' });
