import { type Locale, say } from '../../runtime/files/messages.ts';
import type { Problem } from '../../runtime/files/spec/types.ts';
import { paint, type Terminal } from '../terminal.ts';

/** Where a specification comes from. */
export interface SpecText {
  /** Its file, as it was named. */
  readonly file: string;
  readonly text: string;
}

const LONGEST_LINE = 100;
const INDENT = '    ';

/** A problem as compilers show theirs: place, severity and what to do, then the line and a mark below it. */
export function problemText(
  { code, severity, at, values }: Problem,
  { file, lines, locale, terminal }: ProblemContext,
): string {
  const word = paint(terminal, severity === 'error' ? 'red' : 'bold', say(locale, WORDS[severity]));
  const place = paint(terminal, 'bold', `${file}:${at.line}:${at.column}:`);
  const head = `${place} ${word}: ${printable(say(locale, code, values))} ${paint(terminal, 'dim', `[${code}]`)}`;
  const line = lines[at.line - 1];
  if (line === undefined || line.trim() === '') return `${head}\n`;
  const { shown, mark } = excerpt(printable(line.replace(/\r$/, '')), at.column);
  return `${head}\n${INDENT}${shown}\n${INDENT}${paint(terminal, 'red', mark)}\n`;
}

const WORDS = { error: 'WORD_ERROR', warning: 'WORD_WARNING' } as const;

export interface ProblemContext {
  readonly file: string;
  readonly lines: readonly string[];
  readonly locale: Locale;
  readonly terminal: Terminal;
}

export const contextOf = ({ file, text }: SpecText, locale: Locale, terminal: Terminal): ProblemContext => ({
  file,
  lines: text.replace(/^\ufeff/, '').split('\n'),
  locale,
  terminal,
});

/** A control character could move the cursor, or look like an end of line. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');

/** The part of a line around a column, and the mark for the line below. */
function excerpt(line: string, column: number): { shown: string; mark: string } {
  const from = column > LONGEST_LINE - 20 ? column - LONGEST_LINE / 2 : 0;
  const part = line.slice(from, from + LONGEST_LINE);
  const before = from > 0 ? '…' : '';
  const after = from + LONGEST_LINE < line.length ? '…' : '';
  return { shown: `${before}${part}${after}`, mark: `${' '.repeat(before.length + column - 1 - from)}^` };
}
