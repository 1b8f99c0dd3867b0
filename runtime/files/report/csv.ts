/** Writes cells as CSV that a spreadsheet can open without harm (contract files §7). */

/** Letters after which a spreadsheet calculates; a sign is harmless before what is only digits, as in a telephone number. */
const FORMULA = /^(?:[=@\t\r]|[+-](?![\d\s.,()/-]*$))/;

/** A text that a spreadsheet would calculate gets an apostrophe, which it does not show. */
export const guarded = (text: string): string => {
  // Most begin with a letter or a digit: those need no look.
  const first = text.charCodeAt(0);
  return first > 64 || (first > 47 && first < 61) || !FORMULA.test(text) ? text : `'${text}`;
};

/** One record with its line end. `delimiter` is one character. */
export function csvRecord(cells: readonly string[], delimiter: string): string {
  const code = delimiter.charCodeAt(0);
  let record = '';
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index] ?? '';
    if (index > 0) record += delimiter;
    record += needsQuotes(cell, code) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return `${record}\r\n`;
}

const [QUOTE, LINE_FEED, CARRIAGE_RETURN] = [34, 10, 13];

/** A quote, a line break, the delimiter, or a blank at an end, which some readers drop. */
function needsQuotes(cell: string, delimiter: number): boolean {
  for (let at = 0; at < cell.length; at += 1) {
    const code = cell.charCodeAt(at);
    if (code === delimiter || code === QUOTE || code === LINE_FEED || code === CARRIAGE_RETURN) return true;
  }
  return isBlank(cell.charCodeAt(0)) || isBlank(cell.charCodeAt(cell.length - 1));
}

/** Also what is no ASCII, as there are many blanks: quotes do no harm. */
const isBlank = (code: number): boolean => code <= 32 || code >= 127;
