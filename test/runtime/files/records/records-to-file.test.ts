import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FilesError } from '../../../../runtime/files/errors.ts';
import { parserOf } from '../../../../runtime/files/process/values.ts';
import { readTable } from '../../../../runtime/files/read/read-table.ts';
import { recordsToFile } from '../../../../runtime/files/records/records-to-file.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import type { Catalog, Value } from '../../../../runtime/files/spec/types.ts';
import { documentOf } from '../spec/documents.ts';

const FIELDS = [
  { name: 'id', type: 'texto' },
  { name: 'total', type: 'decimal' },
  { name: 'alta', type: 'fecha' },
  { name: 'baja', type: 'fecha', format: 'dd/MM/yyyy' },
  { name: 'activo', type: 'booleano' },
  { name: 'piezas', type: 'entero' },
];
const catalogOf = (format: object = {}): Catalog => {
  const { spec, problems } = loadSpec(
    documentOf({ fields: FIELDS, format, pack: { file_format: { type: 'ZIP' } } }),
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return spec!.catalogs.get('a')!;
};

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'hookline-records-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What the readers and the engine make of the file. */
async function readBack(
  catalog: Catalog,
  bytes: Uint8Array,
): Promise<readonly (readonly (Value | undefined)[])[]> {
  const rows: (Value | undefined)[][] = [];
  const source = {
    name: catalog.format.type === 'EXCEL' ? 'a.xlsx' : 'a.csv',
    async *bytes() {
      yield bytes;
    },
  };
  const parsers = catalog.fields.map((field) => parserOf(field, catalog.format));
  for await (const batch of readTable(source, catalog, { scratch })) {
    expect(batch.problems).toEqual([]);
    rows.push(
      ...batch.rows.map((row) => row.map((cell, index) => (cell === null ? null : parsers[index]?.(cell)))),
    );
  }
  return rows;
}

const DAY = Date.UTC(2024, 11, 31);
const RECORDS = [
  { id: 'a;b"c,\nd', total: 1234.5, alta: new Date(DAY), baja: DAY, activo: true, piezas: 9007199254740993n },
  { id: ' ñ=€ ', total: null, alta: DAY + 1_000 },
  { id: '#x' },
];
const TYPED = [
  ['a;b"c,\nd', 1234.5, DAY, DAY, true, 9007199254740993n],
  [' ñ=€ ', null, DAY + 1_000, null, null, null],
  ['#x', null, null, null, null, null],
];

test.each([
  ['plainly', {}],
  ['with header, semicolons and decimal commas', { header: true, delimiter: ';', decimal: ',' }],
  ['with tabs and an escape', { delimiter: '\\t', escape: '\\' }],
  ['behind lines that are skipped, with comments', { skip_rows: 2, comment: '#', header: true }],
  ['as windows-1252', { encoding: 'windows-1252' }],
  ['as UTF-16 little endian', { encoding: 'utf-16le' }],
  ['as UTF-16 big endian', { encoding: 'utf-16be', header: true }],
  ['as a workbook', { type: 'EXCEL', delimiter: undefined }],
  [
    'as a workbook with header and a sheet of that name',
    { type: 'EXCEL', header: true, sheet: 'Año & <más>' },
  ],
  ['as a workbook behind rows that are skipped', { type: 'EXCEL', header: true, skip_rows: 3 }],
])('records come back from the file %s', async (_, format) => {
  const catalog = catalogOf(format);
  const { filename, bytes } = recordsToFile(catalog, RECORDS);
  expect(filename).toBe('a.csv');
  expect(await readBack(catalog, bytes)).toEqual(TYPED);
});

test('every column stands in the order of the specification, empty where the record has none', () => {
  const { bytes } = recordsToFile(catalogOf({ header: true }), [{ piezas: 2, id: 'x' }]);
  expect(Buffer.from(bytes).toString()).toBe('id,total,alta,baja,activo,piezas\r\nx,,,,,2\r\n');
});

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error instanceof FilesError ? error.code : error;
  }
  return undefined;
};

test('what the format cannot hold, or the catalog does not have, is refused in words', () => {
  expect(codeOf(() => recordsToFile(catalogOf({ encoding: 'latin1' }), [{ id: '€' }]))).toBe(
    'RECORD_CHARACTER',
  );
  expect(codeOf(() => recordsToFile(catalogOf({ quote: '' }), [{ id: 'a,b' }]))).toBe('RECORD_CHARACTER');
  expect(codeOf(() => recordsToFile(catalogOf({ quote: '' }), [{ id: ' a ' }]))).toBeUndefined();
  expect(codeOf(() => recordsToFile(catalogOf(), [{ ids: 'a' }]))).toBe('RECORD_UNKNOWN_FIELD');
  expect(codeOf(() => recordsToFile(catalogOf(), [{ toString: 'a' }]))).toBe('RECORD_UNKNOWN_FIELD');
});

test('a record without values is a row all the same', async () => {
  const { spec } = loadSpec(documentOf());
  const catalog = spec!.catalogs.get('a')!;
  expect(await readBack(catalog, recordsToFile(catalog, [{}, { id: 'x' }]).bytes)).toEqual([[null], ['x']]);
});
