import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { StringTable } from '../../../../runtime/files/read/xlsx-strings.ts';
import type { FieldType, FileFormat } from '../../../../runtime/files/spec/types.ts';
import { type Workbook, type XlsxSheet, xlsx } from '../../../support/xlsx.ts';
import { zip } from '../../../support/zip.ts';
import { codes, EXCEL, field, type Read, readAll, source } from './support.ts';

const read = (
  content: Buffer,
  fields: Parameters<typeof readAll>[1],
  format: Partial<FileFormat> = {},
  cuts: number[] = [],
): Promise<Read> => readAll(source(content, cuts, 'libro.xlsx'), fields, { ...EXCEL, ...format });

const sheet = (rows: XlsxSheet['rows'], name = 'Hoja1'): XlsxSheet => ({ name, rows });
const book = (rows: XlsxSheet['rows'], more: Partial<Workbook> = {}): Buffer =>
  xlsx({ sheets: [sheet(rows)], ...more });
const refusal = (content: Buffer, name = 'libro.xlsx') =>
  readAll(source(content, [1000], name), ['a'], EXCEL).then(
    () => 'read',
    ({ name: kind, code }) => `${kind} ${code}`,
  );

test('files T55: shared strings, rich text, sparse cells and 1904 dates are exact', async () => {
  const content = book(
    [
      ['código', 'texto', 'fecha', 'vacía', 'valor'],
      ['001', { rich: ['ne', 'gri', 'ta & <b>'] }, { serial: 1, format: 'dd/mm/yyyy' }, null, 10.1],
      [4, [null, '  ñ\n_x000D_x', { serial: 43_830.5, format: 14 }, null, 30.3]],
    ],
    { is1904: true },
  );
  const fields = ['código', 'texto', 'fecha', 'vacía', 'valor'];
  const expected = [
    ['001', 'negrita & <b>', '1904-01-02', null, '10.1'],
    [null, null, null, null, null],
    [null, '  ñ\n\rx', '2024-01-01T12:00:00', null, '30.3'],
  ];
  const whole = await read(content, fields, { header: true });
  expect(whole).toEqual({ rows: expected, lines: [2, 3, 4], problems: [] });
  expect(await read(content, fields, { header: true }, [7])).toEqual(whole);
});

test('files T55: .xls is refused with advice, an encrypted workbook with a code of its own', async () => {
  const ole = Buffer.alloc(4096);
  ole.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  expect(await refusal(ole, 'viejo.xls')).toBe('FilesError XLS_LEGACY_UNSUPPORTED');
  expect(await refusal(ole, 'nuevo.xlsx')).toBe('FilesError XLS_LEGACY_UNSUPPORTED');
  expect(await refusal(Buffer.from('<html>'), 'falso.xls')).toBe('FilesError XLS_LEGACY_UNSUPPORTED');
  const encrypted = Buffer.from(ole);
  encrypted.write('EncryptedPackage', 2048 + 128, 'utf16le');
  expect(await refusal(encrypted)).toBe('FilesError FILE_ENCRYPTED');
});

describe('cells', () => {
  const cellsOf = async (
    cells: XlsxSheet['rows'][number],
    more: Partial<Workbook> = {},
    format: Partial<FileFormat> = {},
  ) => {
    const names = cells.map((_, index) => `c${index}`);
    return (await read(book([cells], more), names, format)).rows[0];
  };

  test('numbers are the shortest exact text, in the decimal separator of the format', async () => {
    const numbers = [30.3, 0.1, 1e21, 1e-7, -5, 0, 123456789012345];
    expect(await cellsOf(numbers)).toEqual([
      '30.3',
      '0.1',
      '1000000000000000000000',
      '1e-7',
      '-5',
      '0',
      '123456789012345',
    ]);
    expect(await cellsOf([1.5], {}, { decimal: ',' })).toEqual(['1,5']);
    const long = '<worksheet><row><c><v>9007199254740993</v></c><c><v>1E3</v></c></row></worksheet>';
    const found = await read(book([], { files: { 'xl/worksheets/sheet1.xml': long } }), ['a', 'b']);
    expect(found.rows).toEqual([['9007199254740993', '1000']]);
  });

  test('booleans, inline text, ISO dates and the last values of formulas', async () => {
    expect(
      await cellsOf([
        true,
        false,
        { inline: 'a_x0041_' },
        { iso: '2024-01-31' },
        { formula: '1+1', value: 2 },
        { formula: '"a"', value: 'a<' },
      ]),
    ).toEqual(['true', 'false', 'aA', '2024-01-31', '2', 'a<']);
  });

  test.each<[number, string | number, boolean, string]>([
    [45_322, 'dd/mm/yyyy', false, '2024-01-31'],
    [45_322.75, 22, false, '2024-01-31T18:00:00'],
    [45_322.999_999_999, 14, false, '2024-02-01'],
    [45_322.000_005_787, 'yyyy\\-mm\\-dd hh:mm:ss.000', false, '2024-01-31T00:00:00.500'],
    [43_860, 14, true, '2024-01-31'],
    [1, 14, false, '1900-01-01'],
    [59, 14, false, '1900-02-28'],
    [60, 14, false, '1900-02-29'],
    [61, 14, false, '1900-03-01'],
    [2_958_465, 14, false, '9999-12-31'],
    [2_958_466, 14, false, '2958466'],
    [-1, 14, false, '-1'],
    [0.75, 'hh:mm', false, '18:00:00'],
    [0.75, 20, false, '18:00:00'],
    [0.5, 'dd/mm/yyyy hh:mm', false, '0.5'],
    [1.75, 'h:mm', false, '1900-01-01T18:00:00'],
    [1.5, '[h]:mm:ss', false, '1.5'],
    [45_322, '[$-C0A]d" de "mmmm;@', false, '2024-01-31'],
    [45_322, 'mmm', false, '2024-01-31'],
    [5, '0.00" días"', false, '5'],
    [5, '#,##0 \\d', false, '5'],
    [5, '[Red]0.00;[Blue]-0.00', false, '5'],
    [5, 'General', false, '5'],
    [5, '0.00E+00', false, '5'],
  ])('%s in format %s (1904: %s) is %s', async (serial, format, is1904, text) => {
    expect(await cellsOf([{ serial, format }], { is1904 })).toEqual([text]);
  });

  test('an error of a formula is one error: of its type where it has one, else of the cell', async () => {
    const fields = (['texto', 'decimal'] as FieldType[]).map((type) => field(type, type));
    const found = await read(book([[{ error: '#N/A' }, { error: '#REF!' }]]), fields);
    expect(found.rows).toEqual([['#N/A', '#REF!']]);
    expect(found.problems).toEqual([
      { code: 'CELL_ERROR', severity: 'error', line: 1, values: { field: 'texto', value: '#N/A' } },
    ]);
    const known = await read(book([[{ error: '#N/A' }]]), ['a'], { nullValues: ['#N/A'] });
    expect(known).toEqual({ rows: [[null]], lines: [1], problems: [] });
  });
});

describe('rows', () => {
  test('leading and trailing empty rows are none, empty ones between others count', async () => {
    const found = await read(
      book([
        [3, ['a', 'b']],
        [4, ['1']],
        [6, ['2', 'x']],
        [9, []],
        [12, ['', '']],
      ]),
      ['a', 'b'],
      { header: true },
    );
    expect(found).toEqual({
      rows: [
        ['1', null],
        [null, null],
        ['2', 'x'],
      ],
      lines: [4, 5, 6],
      problems: [],
    });
  });

  test('a cell behind the last column refuses its row; empty ones there are none', async () => {
    const found = await read(
      book([
        ['a', 'b'],
        ['1', '2', '3'],
        ['4', '5', ''],
      ]),
      ['a', 'b'],
      { header: true },
    );
    expect(found.rows).toEqual([['4', '5']]);
    expect(found.problems).toMatchObject([{ code: 'ROW_TOO_LONG', line: 2, row: ['1', '2', '3'] }]);
  });

  test('files T35: names of a workbook are matched in any order, a surplus column is one error', async () => {
    const found = await read(
      book([
        ['x', 'b', 'A'],
        ['0', '1', '2'],
      ]),
      ['a', 'b'],
      { header: true },
    );
    expect(found.rows).toEqual([['2', '1']]);
    expect(codes(found)).toEqual(['COLUMN_UNEXPECTED@1', 'COLUMN_RENAMED@1']);
    expect(codes(await read(book([['0', '1', '2']]), ['a', 'b']))).toEqual(['COLUMN_UNEXPECTED@1']);
    expect(codes(await read(book([['0']]), ['a', 'b']))).toEqual([]);
  });

  test('skip_rows counts rows; an empty sheet is as an empty file', async () => {
    expect((await read(book([['título'], [], ['1']]), ['a'], { skipRows: 2 })).rows).toEqual([['1']]);
    expect(codes(await read(book([]), ['a']))).toEqual(['FILE_EMPTY@0']);
    expect(codes(await read(book([]), ['a'], { header: true }))).toEqual(['HEADER_MISSING@0']);
  });
});

describe('sheets', () => {
  const content = xlsx({ sheets: [sheet([['1']]), sheet([['2']], 'Año & más')] });

  test('a sheet that is a chart does not count', async () => {
    const change = (name: string, text: string) =>
      name === 'xl/_rels/workbook.xml.rels' ? text.replace('/worksheet"', '/chartsheet"') : text;
    const chart = xlsx({ sheets: [sheet([['1']]), sheet([['2']], 'datos')], change });
    expect((await read(chart, ['a'])).rows).toEqual([['2']]);
  });

  test('the first, by number, by name in any case; another is an error', async () => {
    for (const [asked, value] of [
      [undefined, '1'],
      [2, '2'],
      ['Año & más', '2'],
      ['AÑO & MÁS', '2'],
    ] as const)
      expect((await read(content, ['a'], { sheet: asked })).rows).toEqual([[value]]);
    for (const asked of [3, 0, 'otra'])
      await expect(read(content, ['a'], { sheet: asked })).rejects.toMatchObject({
        code: 'SHEET_NOT_FOUND',
        values: { sheet: asked },
      });
  });
});

describe('what is no workbook is refused', () => {
  const part = (name: string, text: string) => book([['1']], { files: { [name]: text } });
  const SHEET = 'xl/worksheets/sheet1.xml';
  test.each<[string, () => Buffer]>([
    ['XLSX_INVALID', () => Buffer.from('a,b')],
    ['XLSX_INVALID', () => zip({ 'a.csv': '1' })],
    ['XLSX_INVALID', () => book([['1']]).subarray(0, -5)],
    ['XLSX_INVALID', () => part(SHEET, '<worksheet><row>')],
    ['XLSX_INVALID', () => part(SHEET, '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>')],
    ['XLSX_INVALID', () => part(SHEET, '<worksheet><row r="2"/><row r="1"/></worksheet>')],
    ['XLSX_INVALID', () => part(SHEET, '<worksheet><row r="1048577"/></worksheet>')],
    ['XLSX_INVALID', () => part(SHEET, '<worksheet><row><c r="XFE1"><v>1</v></c></row></worksheet>')],
    ['XLSX_INVALID', () => part(SHEET, '<worksheet><row><c t="s"><v>99</v></c></row></worksheet>')],
    ['XLSX_INVALID', () => part(SHEET, '<worksheet><row><c><v>abc</v></c></row></worksheet>')],
    ['XLSX_INVALID', () => part(SHEET, '<a>'.repeat(200) + '</a>'.repeat(200))],
    [
      'XLSX_TOO_LARGE',
      () => part(SHEET, `<worksheet><row><c t="str"><v>${'x'.repeat(200_000)}</v></c></row></worksheet>`),
    ],
    ['XLSX_TOO_LARGE', () => part(SHEET, `<worksheet><!--${'x'.repeat(3_000_000)}--></worksheet>`)],
    ['ZIP_RATIO', () => part('xl/media/a', ' '.repeat(12 * 2 ** 20))],
    ['ZIP_NAME_UNSAFE', () => part('../a', '')],
  ])('%s', async (code, content) => {
    expect(await refusal(content())).toBe(`FilesError ${code}`);
  });
});

test('strings beyond the memory for them lie in the scratch folder and leave it', () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'hookline-strings-'));
  try {
    const table = new StringTable({ scratch, pagesInMemory: 1 });
    const text = (index: number) => `${index} ñ ${'x'.repeat(index % 70_000)}`;
    for (let index = 0; index < 60_000; index += 577) table.add(text(index));
    expect(readdirSync(scratch).length).toBe(1);
    for (let id = 103; id >= 0; id--) expect(table.get(id)).toBe(text(id * 577));
    expect([table.get(104), table.get(-1), table.get(1e9)]).toEqual([undefined, undefined, undefined]);
    table.close();
    expect(readdirSync(scratch)).toEqual([]);
    const without = new StringTable({ scratch: undefined, pagesInMemory: 0 });
    expect(() => {
      for (let id = 0; id < 20; id++) without.add('x'.repeat(100_000));
    }).toThrow('temporary folder');
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

test('a workbook is read from its path', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-xlsx-'));
  const file = path.join(folder, 'a.xlsx');
  writeFileSync(file, book([['1']]));
  const from = { ...source(book([['1']])), path: file };
  expect((await readAll(from, ['a'], EXCEL)).rows).toEqual([['1']]);
  rmSync(folder, { recursive: true });
});
