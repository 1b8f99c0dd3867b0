import type { EnvironmentReader } from '../core/config.ts';
import type { LogLevel } from '../core/log.ts';

const WORDS = ['debug', 'info', 'warning', 'warn', 'error', 'critical'] as const;

/** `LOG_LEVEL`, any case, `WARN` for `WARNING`; default INFO, with a warning for an unknown word. */
export function readLogLevel(env: EnvironmentReader): LogLevel {
  const word = env.choice(['LOG_LEVEL'], WORDS, 'info');
  return word === 'warning' ? 'WARN' : (word.toUpperCase() as LogLevel);
}
