import type { EnvironmentReader } from './config.ts';

/** From the most to the least that is written. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** `LOG_LEVEL`, any case, `WARN` for `WARNING`; default INFO, with a warning for an unknown word. */
export function readLogLevel(env: EnvironmentReader): LogLevel {
  const word = env.choice(['LOG_LEVEL'], ['debug', 'info', 'warning', 'warn', 'error', 'critical'], 'info');
  return word === 'warn' ? 'WARNING' : (word.toUpperCase() as LogLevel);
}
