import { describe, expect, test } from 'vitest';
import { codes, csv } from './support.ts';

const AB = ['a', 'b'];

test('files T31: a UTF-8 BOM is dropped, windows-1252 falls back with a warning, UTF-16LE is known by its BOM', async () => {
  const text = 'nombre,año\nñandú,1\n';
  const fields = ['nombre', 'año'];
  const header = { header: true };
  const rows = [['ñandú', '1']];
  const bom = await csv(`\ufeff${text}`, fields, header);
  expect(bom).toEqual({ rows, lines: [2], problems: [] });
  const windows = await csv(Buffer.from(text, 'latin1'), fields, header);
  expect(windows.rows).toEqual(rows);
  expect(windows.problems).toEqual([{ code: 'ENCODING_FALLBACK', severity: 'warning', line: 0, values: {} }]);
  const utf16 = await csv(Buffer.from(`\ufeff${text}`, 'utf16le'), fields, header);
  expect(utf16).toEqual({ rows, lines: [2], problems: [] });
  const bigEndian = await csv(Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), fields, header);
  expect(bigEndian).toEqual({ rows, lines: [2], problems: [] });
});

test('files T32: without a header the first row is line 1', async () => {
  expect(await csv(',x\n1,2\n', AB)).toEqual({
    rows: [
      [null, 'x'],
      ['1', '2'],
    ],
    lines: [1, 2],
    problems: [],
  });
});

test('files T33: lines are physical: a record behind a quoted newline is at line 4', async () => {
  const read = await csv('a,b\n1,"x\ny"\n,z\n\n\n5,6', AB, { header: true });
  expect(read).toEqual({
    rows: [
      ['1', 'x\ny'],
      [null, 'z'],
      ['5', '6'],
    ],
    lines: [2, 4, 7],
    problems: [],
  });
});

test('files T34: a long row is refused at its line, the next one is read', async () => {
  const read = await csv('a,b\n1,2,3\n4,5\n', AB, { header: true });
  expect(read.rows).toEqual([['4', '5']]);
  expect(read.lines).toEqual([3]);
  expect(read.problems).toEqual([
    {
      code: 'ROW_TOO_LONG',
      severity: 'error',
      line: 2,
      values: { expected: 2, found: 3 },
      row: ['1', '2', '3'],
    },
  ]);
});

describe('files T35: header and column count', () => {
  test('files T35: headers are matched by name in any order, with a warning where trimmed or in another case', async () => {
    const read = await csv(' b,A \n1,2\n', AB, { header: true });
    expect(read.rows).toEqual([['2', '1']]);
    expect(
      read.problems.map(({ code, severity, values }) => [code, severity, values.column, values.field]),
    ).toEqual([
      ['COLUMN_RENAMED', 'warning', ' b', 'b'],
      ['COLUMN_RENAMED', 'warning', 'A ', 'a'],
    ]);
    expect((await csv('b,a\n1,2\n', AB, { header: true })).problems).toEqual([]);
  });

  test.each([true, false])(
    'files T35: 3 columns for 2 fields and 1 for 2 are one error each (header %s)',
    async (header) => {
      const names = (line: string) => (header ? `${line}\n` : '');
      const more = await csv(`${names('a,b,c')}1,2,3\n4,5,6\n`, AB, { header });
      expect(more.rows).toEqual([
        ['1', '2'],
        ['4', '5'],
      ]);
      expect(more.problems).toMatchObject([
        {
          code: 'COLUMN_UNEXPECTED',
          severity: 'error',
          line: 1,
          values: { expected: 2, found: 3, column: header ? 'c' : 'COLUMNA_3' },
        },
      ]);
      const fewer = await csv(`${names('a')}1\n4\n`, AB, { header });
      expect(fewer.rows).toEqual([
        ['1', null],
        ['4', null],
      ]);
      expect(fewer.problems).toMatchObject([
        {
          code: 'COLUMN_MISSING',
          severity: 'error',
          line: 1,
          values: { expected: 2, found: 1, column: 'b' },
        },
      ]);
    },
  );

  test('duplicate and unnamed columns are errors, the first of a name is used', async () => {
    const read = await csv('a,,b,a,A\n1,2,3,4,5\n', AB, { header: true });
    expect(read.rows).toEqual([['1', '3']]);
    expect(read.problems.map(({ code, values }) => `${code} ${values.column} ${values.position}`)).toEqual([
      'COLUMN_UNNAMED COLUMNA_2 2',
      'COLUMN_DUPLICATE a 4',
      'COLUMN_UNEXPECTED A 5',
    ]);
  });

  test('a ragged first row of a file without header is a ragged row when others have the defined number', async () => {
    const read = await csv('1,2,3\n4,5\n6,7\n', AB);
    expect(read.rows).toEqual([
      ['4', '5'],
      ['6', '7'],
    ]);
    expect(codes(read)).toEqual(['ROW_TOO_LONG@1']);
  });

  test('an empty file: an error where a header is due, else a warning', async () => {
    expect(codes(await csv('', AB, { header: true }))).toEqual(['HEADER_MISSING@0']);
    expect((await csv('\n\n', AB)).problems).toMatchObject([{ code: 'FILE_EMPTY', severity: 'warning' }]);
    expect(await csv('a,b\n', AB, { header: true })).toEqual({ rows: [], lines: [], problems: [] });
  });
});

test('a short row keeps what it has and is an error', async () => {
  const read = await csv('1,2\n3\n', AB);
  expect(read.rows).toEqual([
    ['1', '2'],
    ['3', null],
  ]);
  expect(read.problems).toEqual([
    { code: 'ROW_TOO_SHORT', severity: 'error', line: 2, values: { expected: 2, found: 1 } },
  ]);
});

describe('line ends', () => {
  test.each(['\n', '\r', '\r\n'])('%j alone is no warning', async (end) => {
    const read = await csv(['1,2', '', '3,"x', 'y"', '5,6'].join(end), AB);
    expect(read).toEqual({
      rows: [
        ['1', '2'],
        ['3', `x${end}y`],
        ['5', '6'],
      ],
      lines: [1, 3, 5],
      problems: [],
    });
  });

  test('mixed ones are one warning with the first other line', async () => {
    const read = await csv('1,2\n3,4\r\n5,6\r7,8\n', AB);
    expect(read.lines).toEqual([1, 2, 3, 4]);
    expect(read.problems).toMatchObject([{ code: 'MIXED_LINE_ENDS', severity: 'warning', line: 2 }]);
  });
});

describe('faults of quotes and bytes', () => {
  test('a stray quote refuses its record with its physical line', async () => {
    const read = await csv('1,2\n"x\ny",5" ancho\n"a"b,3\n6,7\n', AB);
    expect(read.rows).toEqual([
      ['1', '2'],
      ['6', '7'],
    ]);
    expect(read.problems).toEqual([
      { code: 'STRAY_QUOTE', severity: 'error', line: 3, values: { column: 2 }, row: ['x\ny', '5" ancho'] },
      { code: 'STRAY_QUOTE', severity: 'error', line: 4, values: { column: 1 }, row: ['"a"b', '3'] },
    ]);
  });

  test('an unclosed quote costs its own line, be it noticed at the end of the file or at the next quote', async () => {
    const atEnd = await csv('1,"2\n3,4\n5,6', AB);
    expect(atEnd.rows).toEqual([
      ['3', '4'],
      ['5', '6'],
    ]);
    expect(atEnd.lines).toEqual([2, 3]);
    expect(atEnd.problems).toEqual([
      { code: 'UNCLOSED_QUOTE', severity: 'error', line: 1, values: { column: 2 }, row: ['1', '"2'] },
    ]);
    const atNext = await csv('1,"2\n3,"4"\n5,6', AB);
    expect(atNext.rows).toEqual([
      ['3', '4'],
      ['5', '6'],
    ]);
    expect(codes(atNext)).toEqual(['UNCLOSED_QUOTE@1']);
  });

  test('NUL bytes refuse their record', async () => {
    const read = await csv('1,2\n3,\0\n"x\n\0",4\n5,6\n', AB);
    expect(read.lines).toEqual([1, 5]);
    expect(read.problems).toMatchObject([
      { code: 'NUL_BYTE', line: 2, values: { column: 2 }, row: ['3', '\0'] },
      { code: 'NUL_BYTE', line: 4, values: { column: 1 }, row: ['x\n\0', '4'] },
    ]);
  });

  test('bytes that are no text refuse their record in a file that is UTF-8 by its first character', async () => {
    const content = Buffer.concat([
      Buffer.from('ñ,1\n\ufffd,2\n'),
      Buffer.from([0xf1, 0x2c, 0x33, 10]),
      Buffer.from('á,4'),
    ]);
    const read = await csv(content, AB);
    expect(read.rows).toEqual([
      ['ñ', '1'],
      ['\ufffd', '2'],
      ['á', '4'],
    ]);
    expect(read.problems).toEqual([
      { code: 'ENCODING_INVALID', severity: 'error', line: 3, values: { column: 1 }, row: ['\ufffd', '3'] },
    ]);
    const asked = await csv(Buffer.from('ñ,1\n', 'latin1'), AB, { encoding: 'utf-8' });
    expect(codes(asked)).toEqual(['ENCODING_INVALID@1']);
    const half = Buffer.concat([Buffer.from('\ufeffa,b\n\ud800,c\nd,e', 'utf16le'), Buffer.from([0x41])]);
    expect(codes(await csv(half, AB))).toEqual(['ENCODING_INVALID@2', 'ENCODING_INVALID@3']);
  });
});
