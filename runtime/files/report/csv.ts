/** Writes cells as CSV that a spreadsheet can open without harm (contract files §7). */

/** Letters after which a spreadsheet calculates; a sign is harmless before what is only digits, as in a telephone number. */
const FORMULA = /^(?:[=@\t\r]|[+-](?![\d\s.,()/-]*$))/;

/** A text that a spreadsheet would calculate gets an apostrophe, which it does not show. */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** One record with its line end. `delimiter` is one character. */
export const csvRecord = (cells: readonly string[], delimiter: string): string =>
  `${cells.map((cell) => quoted(cell, delimiter)).join(delimiter)}\r\n`;

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) || cell !== cell.trim()
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
