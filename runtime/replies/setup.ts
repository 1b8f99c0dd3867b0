import type { Environment } from '../core/config.ts';
import { logMetrics } from '../core/metrics.ts';
import { setUpFunction } from '../core/set-up.ts';
import type { RepliesConfig } from './config.ts';
import type { RepliesMetric } from './metric-names.ts';
import type { RepliesHandlerOptions } from './options.ts';

/** What every function of the reply engine begins with (contract replies §7). Throws `ConfigError`. */
export function setUp<C extends RepliesConfig>(
  readConfig: (environment: Environment) => C,
  environment: Environment,
  options: RepliesHandlerOptions,
) {
  const { write, nowMillis, ...ready } = setUpFunction(readConfig, environment, options);
  const metrics = logMetrics<RepliesMetric>(write, nowMillis, ready.config.metricsNamespace);
  return { ...ready, metrics };
}
