import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvScanner } from '../../../../runtime/files/read/csv-scan.ts';
import type { FileFormat } from '../../../../runtime/files/spec/types.ts';
import { csv } from './support.ts';

/** One seed for all, so that a failure is the same tomorrow. */
const SEED = 20_240_611;
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });
const FIELDS = ['a', 'b', 'c'];

/** Bytes that matter to the scanner, in any order. */
const piece = fc.constantFrom(
  ...[
    'a',
    'b,',
    ',',
    '"',
    '""',
    '"x"',
    '",',
    '"\n"',
    '\n',
    '\r',
    '\r\n',
    '\\',
    '#',
    ' ',
    '\t',
    '\0',
    'ñ',
    '€',
    '😀',
    '\ufeff',
  ].map((text) => Buffer.from(text)),
  Buffer.from([0xf1]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0x80]),
);
const content = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.concat(pieces));
const format: fc.Arbitrary<Partial<FileFormat>> = fc.record({
  header: fc.boolean(),
  encoding: fc.constantFrom('auto', 'auto', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'),
  escape: fc.constantFrom(undefined, undefined, '\\', '"'),
  comment: fc.constantFrom(undefined, '#'),
  quote: fc.constantFrom('"', '"', ''),
  trim: fc.constantFrom('none', 'none', 'both', 'left'),
  skipRows: fc.constantFrom(0, 0, 1, 2),
  delimiter: fc.constantFrom(',', ',', '\t', 'ñ'),
});

test('pieces may be cut anywhere: the result is the same', async () => {
  await fc.assert(
    fc.asyncProperty(content, format, cuts, async (bytes, options, lengths) => {
      const [cut, whole] = [await csv(bytes, FIELDS, options, lengths), await csv(bytes, FIELDS, options)];
      // What is told of the whole file may come sooner or later.
      for (const { problems } of [cut, whole]) problems.sort((one, other) => one.line - other.line);
      expect(cut).toEqual(whole);
    }),
    { numRuns: 3000, seed: SEED },
  );
});

const cell = fc.oneof(
  fc.constantFrom('', 'a', '0', 'ñ', ' x ', '€ 5', '😀'),
  fc
    .array(fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'ñ'), { maxLength: 6 })
    .map((parts) => parts.join('')),
);
const records = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });

test('agrees with csv-parse on whatever is written by the book', async () => {
  await fc.assert(
    fc.asyncProperty(
      records,
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      cuts,
      async (rows, end, quotesAll, lengths) => {
        const quoted = (text: string) =>
          quotesAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const text = rows.map((row) => row.map(quoted).join(',')).join(end);
        const theirs = parse(text, { delimiter: ',', skip_empty_lines: true, info: true }) as unknown as {
          record: string[];
        }[];
        const { rows: ours, lines, problems } = await csv(text, FIELDS, {}, lengths);
        expect(ours.map((row) => row.map((each) => each ?? ''))).toEqual(theirs.map(({ record }) => record));
        expect(ours.map((row) => row.map((each) => each ?? ''))).toEqual(rows);
        expect(problems).toEqual([]);
        let line = 1;
        const expected = rows.map((row) => {
          const first = line;
          line += 1 + row.join('').split('\n').length - 1;
          return first;
        });
        expect(lines).toEqual(expected);
      },
    ),
    { numRuns: 2000, seed: SEED },
  );
});

test('every physical line with text is a row, a problem or within one of them', async () => {
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      const { rows, lines, problems } = await csv(bytes, FIELDS, { quote: '', encoding: 'latin1' });
      const refused = problems.filter(({ row }) => row !== undefined).map(({ line }) => line);
      const texts = bytes.toString('latin1').split(/\r\n|\r|\n/);
      // A BOM makes it another file.
      fc.pre(!/^(\xff\xfe|\xef\xbb\xbf)/.test(texts[0] ?? ''));
      const filled = texts.flatMap((text, index) => (text === '' ? [] : [index + 1]));
      expect([...lines, ...refused].sort((one, other) => one - other)).toEqual(filled);
      expect(rows.length).toBe(lines.length);
    }),
    { numRuns: 2000, seed: SEED },
  );
});

test('records that are too large are the same ones wherever the pieces are cut', () => {
  const options = {
    delimiter: ',',
    quote: '"',
    escape: undefined,
    comment: '#',
    skipRows: 1,
    largestRecord: 9,
  };
  const scanned = (text: string, isTrimmed: boolean, lengths: readonly number[]): string[] => {
    const found: string[] = [];
    const scanner = new CsvScanner(
      { ...options, isTrimmed },
      {
        record: (cells, line) => found.push(JSON.stringify([line, cells])),
        fault: (code, line, column, cells) => found.push(JSON.stringify([line, code, column, cells])),
        mixedLineEnds: (line) => found.push(`mixed at ${line}`),
      },
    );
    for (let at = 0, turn = 0; at < text.length; turn++) {
      const length = lengths[turn % lengths.length]!;
      scanner.push(text.slice(at, at + length));
      at += length;
      while (scanner.scan(1 + (turn % 3), false));
    }
    scanner.push('');
    while (scanner.scan(3, true));
    return found;
  };
  fc.assert(
    fc.property(content, fc.boolean(), cuts, (bytes, isTrimmed, lengths) => {
      const text = bytes.toString('latin1');
      expect(scanned(text, isTrimmed, lengths)).toEqual(scanned(text, isTrimmed, [text.length || 1]));
    }),
    { numRuns: 4000, seed: SEED },
  );
});
