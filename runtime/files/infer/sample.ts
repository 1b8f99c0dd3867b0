import { peeked, pieces } from '../read/bytes.ts';
import { CsvScanner } from '../read/csv-scan.ts';
import { Decoder } from '../read/encoding.ts';
import { gunzip } from '../read/gunzip.ts';
import { readTable } from '../read/read-table.ts';
import { kindOf } from '../read/sniff.ts';
import type { Cell, ReadOptions, Source } from '../read/types.ts';
import type { FileType } from '../spec/types.ts';
import { PLAIN_FORMAT, plainField } from './plain-format.ts';

/** The first rows of a file that no specification describes yet. */
export interface Sample {
  readonly type: FileType;
  /** Guessed; `,` for EXCEL. */
  readonly delimiter: string;
  /** Every row as long as it is in the file. */
  readonly rows: readonly (readonly Cell[])[];
}

/** Most text that is looked at, in characters. */
const MAX_TEXT = 2 ** 23;
/** By how rarely a character stands in data: of two that divide all rows alike, the first is the delimiter. */
const DELIMITERS = ['|', '\t', ';', ','];
/** A sheet may have 16,384 columns; a catalog of so many is none that a guess helps with. */
const MAX_COLUMNS = 512;

/** Reads at most `most` rows. Throws the readers' errors where the file cannot be read. */
export async function sampleOf(source: Source, most: number, options: ReadOptions = {}): Promise<Sample> {
  if (/\.xls[xm]?$/i.test(source.name)) {
    return { type: 'EXCEL', delimiter: ',', rows: await sheetRows(source, most, options) };
  }
  const { text, isWhole } = await textOf(source, options);
  const delimiter = guessDelimiter(text, isWhole);
  return { type: 'CSV', delimiter, rows: recordsOf(text, delimiter, most, isWhole) };
}

async function textOf(source: Source, options: ReadOptions): Promise<{ text: string; isWhole: boolean }> {
  const { head, all } = await peeked(pieces(source.bytes(), options), 2);
  const decoder = new Decoder('auto');
  let text = '';
  for await (const piece of kindOf(head) === 'gzip' ? gunzip(all) : all) {
    text += decoder.push(piece);
    if (text.length >= MAX_TEXT) return { text, isWhole: false };
  }
  return { text: text + decoder.end(), isWhole: true };
}

function recordsOf(text: string, delimiter: string, most: number, isWhole: boolean): Cell[][] {
  const rows: Cell[][] = [];
  const dialect = { ...PLAIN_FORMAT, delimiter, isTrimmed: false };
  const scanner = new CsvScanner(dialect, {
    record: (cells) => rows.push([...cells]),
    fault: (_code, _line, _column, cells) => rows.push([...cells]),
    mixedLineEnds: () => undefined,
  });
  scanner.push(text);
  scanner.scan(most, isWhole);
  return rows;
}

/** The one that divides nearly all of the first rows into equally many cells. */
export function guessDelimiter(text: string, isWhole: boolean): string {
  const judged = DELIMITERS.map((delimiter) => {
    const rows = recordsOf(text, delimiter, 200, isWhole).filter((cells) => cells.length > 0);
    const counts = new Map<number, number>();
    for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
    const [columns = 1, share = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    return { delimiter, columns, share: share / Math.max(rows.length, 1) };
  }).filter(({ columns }) => columns > 1);
  const even = judged.find(({ share }) => share > 0.97);
  const best = [...judged].sort((a, b) => b.share - a.share)[0];
  return (even ?? best)?.delimiter ?? ',';
}

async function sheetRows(source: Source, most: number, options: ReadOptions): Promise<Cell[][]> {
  const fields = Array.from({ length: MAX_COLUMNS }, (_, index) => plainField(`c${index}`));
  const rows: Cell[][] = [];
  const format = { ...PLAIN_FORMAT, type: 'EXCEL' as const };
  for await (const batch of readTable(source, { format, fields }, options)) {
    rows.push(...batch.rows.map((row) => row.slice(0, 1 + row.findLastIndex((cell) => cell !== null))));
    if (rows.length >= most) break;
  }
  return rows.slice(0, most).filter((row) => row.length > 0);
}
