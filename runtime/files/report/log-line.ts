import type { ReportEvent } from './model.ts';

/** One line of `output.log`: time, severity, what happened, and its details as JSON. */
export function logLine({ timestamp, severity, message, details }: ReportEvent): string {
  const more = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
  return `${timestamp} ${severity.toUpperCase().padEnd(7)} ${message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')}${more}\n`;
}
