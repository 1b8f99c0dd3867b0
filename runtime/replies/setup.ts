import { systemClock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import { ConfigError } from '../core/errors.ts';
import { jsonLog, type Log } from '../core/log.ts';
import { logMetrics } from '../core/metrics.ts';
import type { RepliesConfig } from './config.ts';
import type { RepliesMetric } from './metric-names.ts';
import type { RepliesHandlerOptions } from './options.ts';

/**
 * What every function of the reply engine begins with: configuration, clock, log and metrics. Throws the
 * `ConfigError` of a faulty configuration, which is logged: then the function must not start (contract replies §7).
 */
export function setUp<C extends RepliesConfig>(
  readConfig: (environment: Environment) => C,
  environment: Environment,
  { clients, writeLog }: RepliesHandlerOptions,
) {
  const clock = clients?.clock ?? systemClock;
  const write = writeLog ?? ((line: string) => process.stdout.write(`${line}\n`));
  const nowMillis = () => clock.nowMillis();
  const logAt = (lowest?: RepliesConfig['logLevel']) =>
    jsonLog(write, nowMillis, {}, { nameField: 'event', ...(lowest && { lowest }) });
  const config = readOrReport(() => readConfig(environment), logAt());
  const log = logAt(config.logLevel);
  for (const warning of config.warnings) log.warn('configuration_warning', { warning });
  return {
    config,
    clock,
    log,
    metrics: logMetrics<RepliesMetric>(write, nowMillis, config.metricsNamespace),
  };
}

function readOrReport<C>(read: () => C, log: Log): C {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) log.critical('configuration_faulty', { faults: error.faults });
    throw error;
  }
}
