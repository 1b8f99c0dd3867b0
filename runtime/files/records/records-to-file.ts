import { FilesError } from '../errors.ts';
import { nearest } from '../spec/nearest.ts';
import type { Catalog, Field, FileFormat, Value } from '../spec/types.ts';
import { shown } from '../spec/wording.ts';
import { encoded } from './encode.ts';
import { workbook } from './workbook.ts';

/** A record as it is typed in a portal, by names of fields. A Date and, in a fecha, a number are instants. */
export type RecordValues = Readonly<Record<string, Value | Date | undefined>>;

export interface MadeFile {
  /** The catalog's own. */
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/**
 * Records as a file of a catalog (contract files §4.1): every column in the order of the specification, empty where
 * the record has none, in the catalog's format. Throws a permanent FilesError: RECORD_UNKNOWN_FIELD, RECORD_CHARACTER.
 */
export function recordsToFile(catalog: Catalog, records: readonly RecordValues[]): MadeFile {
  const { fields, format, filename } = catalog;
  for (const record of records) checkNames(record, fields);
  const rows = records.map((record) =>
    fields.map((field) => {
      const value = Object.hasOwn(record, field.name) ? record[field.name] : undefined;
      return cellText(value, field, format);
    }),
  );
  const all = format.header ? [fields.map(({ name }) => name), ...rows] : rows;
  const skipped = Array.from({ length: format.skipRows }, () => []);
  const bytes =
    format.type === 'EXCEL'
      ? workbook([...skipped, ...all], typeof format.sheet === 'number' ? undefined : format.sheet)
      : encoded(csvText([...skipped, ...all], format), format.encoding);
  return { filename, bytes };
}

function checkNames(record: RecordValues, fields: readonly Field[]): void {
  const known = fields.map(({ name }) => name);
  const unknown = Object.keys(record).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const values = { name: shown(unknown), nearest: nearest(unknown, known) };
  throw new FilesError('RECORD_UNKNOWN_FIELD', 'permanent', values);
}

/** As the readers of this format understand it again. */
function cellText(value: Value | Date | undefined, field: Field, { decimal }: FileFormat): string {
  if (value === null || value === undefined) return '';
  const isInstant = value instanceof Date || (field.type === 'fecha' && typeof value === 'number');
  if (isInstant) return dateText(new Date(value), field.format);
  return typeof value === 'number' ? String(value).replace('.', decimal) : String(value);
}

/** By the field's own pattern, which excludes every other form; else ISO 8601, a whole day without the time. */
function dateText(date: Date, pattern: string | undefined): string {
  const iso = date.toISOString();
  if (pattern === undefined) return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso;
  const [year, month, day, hour, minute, second, millis] = iso.split(/\D/);
  const parts: Readonly<Record<string, string | undefined>> = {
    ...{ yyyy: year, yy: year?.slice(-2), MM: month, dd: day, HH: hour, mm: minute, ss: second, SSS: millis },
    ...{ M: month, d: day, H: hour, m: minute, s: second },
  };
  return pattern.replaceAll(/yyyy|yy|MM?|dd?|HH?|mm?|ss?|SSS/g, (letters) => parts[letters] ?? letters);
}

function csvText(rows: readonly (readonly string[])[], format: FileFormat): string {
  // A row of one empty cell would be a blank line, which is no row.
  const isBlank = (row: readonly string[]) => row.length === 1 && row[0] === '' && format.quote !== '';
  return rows
    .map((row) =>
      isBlank(row)
        ? format.quote + format.quote
        : row.map((cell) => quoted(cell, format)).join(format.delimiter),
    )
    .map((line) => `${line}\r\n`)
    .join('');
}

/** Quotes what would be read as something else; where nothing can be quoted, such a character is refused. */
function quoted(cell: string, { delimiter, quote, escape: mark, comment }: FileFormat): string {
  const special = [delimiter, quote, '\r', '\n'].filter((each) => each !== '');
  const isComment = comment !== undefined && cell.startsWith(comment);
  if (!isComment && cell === cell.trim() && !special.some((each) => cell.includes(each))) return cell;
  if (quote !== '') {
    const marked = mark === undefined ? cell : cell.replaceAll(mark, () => mark + mark);
    return quote + marked.replaceAll(quote, () => (mark ?? quote) + quote) + quote;
  }
  const found = special.find((each) => cell.includes(each)) ?? (isComment ? comment : undefined);
  if (found === undefined) return cell;
  throw new FilesError('RECORD_CHARACTER', 'permanent', { character: JSON.stringify(found) });
}
