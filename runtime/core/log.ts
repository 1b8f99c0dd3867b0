import { createHmac } from 'node:crypto';

/** One JSON object a line. Values are ids, counts and codes; message text and secrets never come here. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** Something only an operator can mend (an expired token); alarms watch for the level `CRITICAL`. */
  critical(event: string, fields?: LogFields): void;
  /** The same log with fields added to every line. */
  with(fields: LogFields): Log;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;

export function jsonLog(write: (line: string) => void, nowMillis: () => number, bound: LogFields = {}): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      write(
        JSON.stringify({
          level,
          timestamp: new Date(nowMillis()).toISOString(),
          message,
          ...bound,
          ...fields,
        }),
      );
  return {
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
    critical: line('CRITICAL'),
    with: (fields) => jsonLog(write, nowMillis, { ...bound, ...fields }),
  };
}

/**
 * Stands for a chat, user or WhatsApp message id in logs: a keyed hash, because a plain hash of a phone
 * number can be reversed by trying them all. Whoever knows the id and the key computes the same.
 */
export const keyedHash = (key: string, id: string): string =>
  createHmac('sha256', key).update(id).digest('hex').slice(0, 16);
