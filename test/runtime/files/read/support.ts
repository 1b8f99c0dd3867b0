import { readTable } from '../../../../runtime/files/read/read-table.ts';
import type { Cell, ReadOptions, ReadProblem, Source } from '../../../../runtime/files/read/types.ts';
import type { Field, FieldType, FileFormat } from '../../../../runtime/files/spec/types.ts';

export const CSV: FileFormat = {
  type: 'CSV',
  delimiter: ',',
  header: false,
  encoding: 'auto',
  quote: '"',
  escape: undefined,
  comment: undefined,
  decimal: '.',
  thousands: undefined,
  nullValues: [''],
  trim: 'none',
  skipRows: 0,
  sheet: undefined,
  dateFormats: [],
  compression: 'auto',
};

export const EXCEL: FileFormat = { ...CSV, type: 'EXCEL' };

export const field = (name: string, type: FieldType = 'texto'): Field => ({
  name,
  type,
  isRequired: false,
  isUnique: false,
  isSensitive: false,
  description: '',
  default: undefined,
  options: undefined,
  min: undefined,
  max: undefined,
  minLength: undefined,
  maxLength: undefined,
  pattern: undefined,
  scale: undefined,
  format: undefined,
  rules: [],
});

/** The bytes in pieces of the given lengths, over and over; one piece without lengths. */
export function source(
  content: Uint8Array | string,
  cuts: readonly number[] = [],
  name = 'datos.csv',
): Source {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    name,
    sizeBytes: bytes.length,
    async *bytes() {
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const length = cuts.length > 0 ? Math.max(1, cuts[turn % cuts.length]!) : bytes.length;
        yield bytes.subarray(at, at + length);
        at += length;
      }
    },
  };
}

export interface Read {
  readonly rows: Cell[][];
  readonly lines: number[];
  readonly problems: ReadProblem[];
}

/** All batches of a source as one. */
export async function readAll(
  from: Source,
  fields: readonly (string | Field)[],
  format: Partial<FileFormat> = {},
  options: ReadOptions = {},
): Promise<Read> {
  const all: Read = { rows: [], lines: [], problems: [] };
  const catalog = {
    format: { ...CSV, ...format },
    fields: fields.map((each) => (typeof each === 'string' ? field(each) : each)),
  };
  for await (const batch of readTable(from, catalog, options)) {
    if (batch.rows.length !== batch.lines.length) throw new Error('a row without a line');
    all.rows.push(...(batch.rows as Cell[][]));
    all.lines.push(...Array.from(batch.lines));
    all.problems.push(...batch.problems);
  }
  return all;
}

export const csv = (
  content: Uint8Array | string,
  fields: readonly string[],
  format: Partial<FileFormat> = {},
  cuts: readonly number[] = [],
): Promise<Read> => readAll(source(content, cuts), fields, format);

/** `CODE@line` of each problem. */
export const codes = ({ problems }: Pick<Read, 'problems'>): string[] =>
  problems.map(({ code, line }) => `${code}@${line}`);
