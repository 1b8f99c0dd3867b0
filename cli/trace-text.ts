import type { SourceReport } from '../runtime/core/trace/reading.ts';
import { paint, type Terminal } from './terminal.ts';

/** One line of a time line, of whichever system. */
export interface ShownStep {
  readonly at?: string;
  readonly attempt?: number;
  readonly part?: number;
  /** What happened. */
  readonly word: string;
  readonly rule?: string;
  readonly detail?: string;
  readonly source: string;
}

/** `2026-11-21 10:00:00.412  attempt 1  part 1 accepted   message id …` */
export function stepLine({ at, word, attempt, part, rule, detail, source }: ShownStep): string {
  const time = at === undefined ? 'time unknown' : at.replace('T', ' ').replace('Z', '');
  const run = attempt === undefined ? '' : `attempt ${attempt}`;
  const what = part === undefined ? word : `part ${part} ${word}`;
  const why = [rule && `rule ${rule}`, detail].filter(Boolean).join(', ');
  return `${`  ${time.padEnd(23)}  ${run.padEnd(9)}  ${what.padEnd(16)}  ${why}`.trimEnd()}  (${source})`;
}

/** Only what keeps something from the reader is worth a line. */
export function sourceText({ source, status, note }: SourceReport, terminal: Terminal): string[] {
  if (status === 'read') return [];
  const word = status === 'unread' ? 'could not be read' : 'was read in part';
  return [`${paint(terminal, 'red', `${source} ${word}:`)} ${note}\n`];
}
