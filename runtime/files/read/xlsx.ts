import { FilesError } from '../errors.ts';
import type { Catalog } from '../spec/types.ts';
import { type Archive, openArchive } from './archive.ts';
import { isEncryptedWorkbook } from './ole.ts';
import { TableShaper } from './shape.ts';
import { sniff } from './sniff.ts';
import type { ReadOptions, Source, TableBatch } from './types.ts';
import { type Book, readBook, type Sheet } from './xlsx-book.ts';
import { SheetParser, type SheetRow } from './xlsx-sheet.ts';
import { parseXml } from './xml.ts';

const BATCH_ROWS = 1000;

type Table = Pick<Catalog, 'format' | 'fields'>;

/** The rows of a sheet (contract files §4.3). Memory does not grow with the sheet, nor beyond 64 MiB with its strings. */
export async function* readXlsx(
  source: Source,
  catalog: Table,
  options: ReadOptions,
): AsyncGenerator<TableBatch, void, undefined> {
  await refuseOthers(source, options);
  const archive = await openArchive(source, options).catch(asWorkbook);
  try {
    yield* rowsOf(archive, catalog, options);
  } catch (error) {
    asWorkbook(error);
  } finally {
    await archive.close();
  }
}

async function refuseOthers(source: Source, options: ReadOptions): Promise<void> {
  const kind = await sniff(source);
  if (kind === 'zip') return;
  if (kind === 'ole' && (await isEncryptedWorkbook(source, options)))
    throw new FilesError('FILE_ENCRYPTED', 'permanent');
  const isLegacy = kind === 'ole' || /\.xls$/i.test(source.name);
  throw new FilesError(isLegacy ? 'XLS_LEGACY_UNSUPPORTED' : 'XLSX_INVALID', 'permanent');
}

/** Nobody sees the archive in a workbook. */
function asWorkbook(error: unknown): never {
  if (error instanceof FilesError && error.code === 'ZIP_INVALID')
    throw new FilesError('XLSX_INVALID', 'permanent', {}, { cause: error });
  throw error;
}

async function* rowsOf(
  archive: Archive,
  { format, fields }: Table,
  options: ReadOptions,
): AsyncGenerator<TableBatch, void, undefined> {
  const { onProgress: _, ...quiet } = options;
  const book = await readBook(archive, quiet);
  try {
    const entry = archive.entries.get(sheetOf(book, format.sheet).file);
    if (!entry) throw new FilesError('XLSX_INVALID', 'permanent');
    const shaper = new TableShaper({ format, fields, isSparse: true });
    const found: SheetRow[] = [];
    const parser = new SheetParser(book, format.decimal, (row) => found.push(row));
    const rows = new RowFiller(shaper, format.skipRows);
    for await (const _ of parseXml(archive.bytes(entry, options), parser)) {
      for (const row of found.splice(0)) yield* rows.add(row);
      if (shaper.size >= BATCH_ROWS) yield shaper.take();
    }
    shaper.end();
    if (shaper.size > 0) yield shaper.take();
  } finally {
    book.strings.close();
  }
}

function sheetOf({ sheets }: Book, asked: string | number | undefined): Sheet {
  const found =
    typeof asked === 'string'
      ? (sheets.find(({ name }) => name === asked) ??
        sheets.find(({ name }) => name.toLowerCase() === asked.toLowerCase()))
      : sheets[(asked ?? 1) - 1];
  if (!found) throw new FilesError('SHEET_NOT_FOUND', 'permanent', { sheet: asked ?? 1 });
  return found;
}

/** Rows without cells count between others: they are given as empty rows. Before the first and after the last they are none. */
class RowFiller {
  #last: number | undefined;

  constructor(
    private readonly shaper: TableShaper,
    private readonly skipRows: number,
  ) {}

  *add({ line, cells, errors }: SheetRow): Generator<TableBatch, void, undefined> {
    if (line <= this.skipRows) return;
    for (let empty = (this.#last ?? line) + 1; empty < line; empty++) {
      this.shaper.record([], empty);
      if (this.shaper.size >= BATCH_ROWS) yield this.shaper.take();
    }
    this.#last = line;
    this.shaper.record(cells, line, errors);
  }
}
