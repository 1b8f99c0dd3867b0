import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CsvScanner } from '../../../../runtime/files/read/csv-scan.ts';
import { Decoder } from '../../../../runtime/files/read/encoding.ts';
import { readTable } from '../../../../runtime/files/read/read-table.ts';
import { CSV, codes, csv, field, readAll, source } from './support.ts';

const AB = ['a', 'b'];

describe('options of the format', () => {
  test('encodings as asked; a BOM that says otherwise wins with a warning', async () => {
    expect(
      (await csv(Buffer.from([0x80, 0x2c, 0x93, 0x2c, 0x81]), ['a', 'b', 'c'], { encoding: 'windows-1252' }))
        .rows,
    ).toEqual([['€', '“', '\u0081']]);
    expect((await csv(Buffer.from([0x80, 0x2c, 0xf1]), AB, { encoding: 'latin1' })).rows).toEqual([
      ['\u0080', 'ñ'],
    ]);
    expect((await csv(Buffer.from('ñ,1', 'utf16le'), AB, { encoding: 'utf-16le' })).rows).toEqual([
      ['ñ', '1'],
    ]);
    const other = await csv('\ufeffñ,1', AB, { encoding: 'windows-1252' });
    expect(other.rows).toEqual([['ñ', '1']]);
    expect(other.problems).toMatchObject([
      { code: 'ENCODING_BOM', severity: 'warning', values: { expected: 'windows-1252', found: 'utf-8' } },
    ]);
  });

  test('a BOM is known also when its bytes come one by one', () => {
    for (const bytes of [Buffer.from('\ufeffñ'), Buffer.from('\ufeffñ', 'utf16le')]) {
      const decoder = new Decoder('auto');
      expect([...bytes].map((byte) => decoder.push(Buffer.from([byte]))).join('') + decoder.end()).toBe('ñ');
    }
  });

  test('comment, skip_rows and blank lines are skipped and counted', async () => {
    const read = await csv('título, "raro\nx\n#c\na,b\n\n# "y\n1,2\n', AB, {
      header: true,
      comment: '#',
      skipRows: 2,
    });
    expect(read).toEqual({ rows: [['1', '2']], lines: [7], problems: [] });
  });

  test('escape takes the next character literally, and a doubled quote is none then', async () => {
    const read = await csv(`${String.raw`"a\"b","c\\"`}\n${String.raw`x\y,"z"`}`, AB, { escape: '\\' });
    expect(read.rows).toEqual([
      ['a"b', 'c\\'],
      ['x\\y', 'z'],
    ]);
    expect(codes(await csv('"a""b",c', AB, { escape: '\\' }))).toEqual(['STRAY_QUOTE@1']);
  });

  test('without a quote character quotes are text', async () => {
    expect((await csv('"a,b"\n', AB, { quote: '' })).rows).toEqual([['"a', 'b"']]);
  });

  test('trim and null_values', async () => {
    const read = await csv(' 1 , "x, y" \n NA ,-\n', AB, { trim: 'both', nullValues: ['NA', '-'] });
    expect(read).toEqual({
      rows: [
        ['1', 'x, y'],
        [null, null],
      ],
      lines: [1, 2],
      problems: [],
    });
    expect((await csv(' 1 ,\n', AB, { trim: 'left', nullValues: ['NA'] })).rows).toEqual([['1 ', '']]);
    expect((await csv('1\t"2"\t\n', ['a', 'b', 'c'], { trim: 'right', delimiter: '\t' })).rows).toEqual([
      ['1', '2', null],
    ]);
    expect((await csv('1,2\n3\n', AB, { nullValues: ['NA'] })).rows).toEqual([
      ['1', '2'],
      ['3', null],
    ]);
  });

  test('gzip is recognised or asked for; what is no gzip is refused', async () => {
    expect((await csv(gzipSync('1,2\n'), AB, {}, [1])).rows).toEqual([['1', '2']]);
    expect((await csv(gzipSync('1,2\n'), AB, { compression: 'gzip' })).rows).toEqual([['1', '2']]);
    await expect(csv('1,2\n', AB, { compression: 'gzip' })).rejects.toMatchObject({
      name: 'FilesError',
      code: 'GZIP_INVALID',
    });
    await expect(csv(gzipSync('1,2\n').subarray(0, -6), AB)).rejects.toMatchObject({ code: 'GZIP_INVALID' });
  });

  test('a workbook or an archive under the name of a text is refused', async () => {
    for (const head of [Buffer.from('PK\x03\x04,'), Buffer.from('d0cf11e0a1b11ae1', 'hex')])
      await expect(csv(head, AB, {}, [1])).rejects.toMatchObject({ code: 'FILE_TYPE_MISMATCH' });
  });

  test('files T50: a gzip file that unpacks to more than 200 times its size is refused', async () => {
    await expect(csv(gzipSync(Buffer.alloc(30 * 2 ** 20, 'a,b\n')), AB)).rejects.toMatchObject({
      code: 'GZIP_RATIO',
    });
  });
});

describe('large files', () => {
  test('a record that is too large is refused without being gathered, the next line is read', async () => {
    const found: string[] = [];
    const sink = {
      record: (cells: readonly (string | null)[], line: number) => found.push(`${line}: ${cells.join('|')}`),
      fault: (code: string, line: number) => found.push(`${line}: ${code}`),
      mixedLineEnds: () => {},
    };
    const text = `1,2\n${'x'.repeat(50)}\n"a","${'y,\n'.repeat(20)}\n3,4\n"b\nc",${'z'.repeat(30)}\n5,6`;
    for (const step of [1, 7, text.length]) {
      found.length = 0;
      const scanner = new CsvScanner(
        {
          delimiter: ',',
          quote: '"',
          escape: undefined,
          comment: undefined,
          skipRows: 0,
          isTrimmed: false,
          largestRecord: 30,
        },
        sink,
      );
      for (let at = 0; at < text.length; at += step) {
        scanner.push(text.slice(at, at + step));
        while (scanner.scan(2, false));
      }
      scanner.push('');
      while (scanner.scan(2, true));
      expect(found[0]).toBe('1: 1|2');
      expect(found[1]).toBe('2: RECORD_TOO_LARGE');
      expect(found[2]).toBe('3: UNCLOSED_QUOTE');
      expect(found.slice(-3)).toEqual(['24: 3|4', '25: RECORD_TOO_LARGE', '27: 5|6']);
    }
  });

  test('time grows with the file also where every line opens a quote that nothing closes', async () => {
    const lines = 40_000;
    const read = await csv('x,"y\n'.repeat(lines), AB, {}, [1 << 16]);
    expect(read.rows.length + read.problems.length).toBeGreaterThanOrEqual(lines / 2);
  });

  test('a long record in small pieces is not read anew with each of them', async () => {
    const text = `1,"${'x'.repeat(3 * 2 ** 20)}"\n2,3`;
    const scanner = new CsvScanner(
      { ...CSV, isTrimmed: false },
      { record: () => rows++, fault: () => rows--, mixedLineEnds: () => {} },
    );
    let rows = 0;
    for (let at = 0; at < text.length; at += 64) {
      scanner.push(text.slice(at, at + 64));
      while (scanner.scan(9, false));
    }
    scanner.push('');
    while (scanner.scan(9, true));
    expect(rows).toBe(2);
  });

  test('batches are of about 1,000 rows, the signal and progress are looked at once per MiB', async () => {
    const content = Buffer.from('abcdefghi,0123456789\n'.repeat(200_000));
    const told: number[] = [];
    const controller = new AbortController();
    const catalog = { format: CSV, fields: AB.map((name) => field(name)) };
    let most = 0;
    let rows = 0;
    for await (const batch of readTable(source(content, [10_000]), catalog, {
      onProgress: (bytes) => told.push(bytes),
    })) {
      most = Math.max(most, batch.rows.length);
      rows += batch.rows.length;
    }
    expect(rows).toBe(200_000);
    expect(most).toBeLessThanOrEqual(1000);
    expect(told.length).toBe(Math.floor(content.length / 2 ** 20) + 1);
    expect(told.at(-1)).toBe(content.length);
    const aborted = readAll(
      source(content, [10_000]),
      AB,
      {},
      {
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('cancelled')),
      },
    );
    await expect(aborted).rejects.toThrow('cancelled');
  });
});
