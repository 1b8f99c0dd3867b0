import { createHmac } from 'node:crypto';

/** From the most to the least that is written. */
const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** One JSON object a line. Values are ids, counts and codes; message text and secrets never come here. */
export interface Log {
  /** Internals; written only where the lowest level asks for them. */
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** Something only an operator can mend (an expired token); alarms watch for the level `CRITICAL`. */
  critical(event: string, fields?: LogFields): void;
  /** The same log with fields added to every line. */
  with(fields: LogFields): Log;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;

export interface LogOptions {
  /** Lines below it are not written; default INFO. */
  readonly lowest?: LogLevel;
  /** The field with the event's name; default `message`. */
  readonly nameField?: 'message' | 'event';
}

export function jsonLog(
  write: (line: string) => void,
  nowMillis: () => number,
  bound: LogFields = {},
  options: LogOptions = {},
): Log {
  const { lowest = 'INFO', nameField = 'message' } = options;
  const line = (level: LogLevel) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(lowest)) return () => {};
    return (event: string, fields: LogFields = {}) =>
      write(
        JSON.stringify({
          level,
          timestamp: new Date(nowMillis()).toISOString(),
          [nameField]: event,
          ...bound,
          ...fields,
        }),
      );
  };
  return {
    debug: line('DEBUG'),
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
    critical: line('CRITICAL'),
    with: (fields) => jsonLog(write, nowMillis, { ...bound, ...fields }, options),
  };
}

/**
 * Stands for a chat, user or WhatsApp message id in logs: a keyed hash, because a plain hash of a phone
 * number can be reversed by trying them all. Whoever knows the id and the key computes the same.
 */
export const keyedHash = (key: string, id: string): string =>
  createHmac('sha256', key).update(id).digest('hex').slice(0, 16);
