import { asRecord, asText, readJson } from '../../runtime/core/json.ts';
import { paint, type Terminal } from '../terminal.ts';

/** A line of the log for people: time, event and its fields. Undefined for what is none (metrics are lines, too). */
export function daemonLine(line: string, terminal: Terminal): string | undefined {
  const { level, timestamp, event, ...fields } = asRecord(readJson(line));
  const name = asText(event);
  if (name === undefined) return undefined;
  const time = (asText(timestamp) ?? '').slice(11, 19);
  const isBad = level === 'ERROR' || level === 'CRITICAL';
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${time}  ${[isBad ? paint(terminal, 'red', name) : name, ...facts].join('  ')}\n`;
}
