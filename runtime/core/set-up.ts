import { type Clock, systemClock } from './clock.ts';
import type { Environment } from './config.ts';
import { ConfigError } from './errors.ts';
import { jsonLog, type Log, type LogLevel } from './log.ts';

/** What every configuration has besides its own. */
export interface LoggedConfig {
  readonly logLevel: LogLevel;
  readonly warnings: readonly string[];
}

export interface SetUpOptions {
  readonly clients?: { readonly clock?: Clock };
  /** Where log and metric lines go; default: standard output. */
  readonly writeLog?: (line: string) => void;
}

/**
 * What a function begins with: configuration, clock and log, and what metrics are written with. Throws the
 * `ConfigError` of a faulty configuration, which is logged: then the function must not start.
 */
export function setUpFunction<C extends LoggedConfig>(
  readConfig: (environment: Environment) => C,
  environment: Environment,
  { clients, writeLog }: SetUpOptions,
) {
  const clock = clients?.clock ?? systemClock;
  const write = writeLog ?? ((line: string) => process.stdout.write(`${line}\n`));
  const nowMillis = () => clock.nowMillis();
  const logAt = (lowest?: LogLevel) =>
    jsonLog(write, nowMillis, {}, { nameField: 'event', ...(lowest && { lowest }) });
  const config = readOrReport(() => readConfig(environment), logAt());
  const log = logAt(config.logLevel);
  for (const warning of config.warnings) log.warn('configuration_warning', { warning });
  return { config, clock, log, write, nowMillis };
}

function readOrReport<C>(read: () => C, log: Log): C {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) log.critical('configuration_faulty', { faults: error.faults });
    throw error;
  }
}
