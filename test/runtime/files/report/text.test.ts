import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRecord, guarded } from '../../../../runtime/files/report/csv.ts';
import { duration } from '../../../../runtime/files/report/text.ts';

describe('a cell of an output', () => {
  test.each(['=1+1', '@SUM(A1)', '\t=1', '\r=1', "+cmd|' /C calc'!A0", '-2+3+cmd', '-A1'])(
    'that a spreadsheet would calculate is made a text: %j',
    (cell) => {
      expect(guarded(cell)).toBe(`'${cell}`);
    },
  );

  test.each(['', 'a=b', '-5', '-5.25', '+34 600 123 456', '-', '+34 (600) 123-456', "'=1"])(
    'that is harmless stays as it is: %j',
    (cell) => {
      expect(guarded(cell)).toBe(cell);
    },
  );

  test('is read back as it was written, whatever stands in it', () => {
    const cells = fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(cells, fc.constantFrom(',', ';', '|', '\t'), (row, delimiter) => {
        const [read] = parse(csvRecord(row, delimiter), { delimiter, record_delimiter: '\r\n' });
        expect(read).toEqual(row);
      }),
      { seed: 51, numRuns: 2_000 },
    );
  });
});

test.each([
  [0, '00:00:00'],
  [65_000, '00:01:05'],
  [25 * 3_600_000 + 499, '25:00:00'],
  [-5, '00:00:00'],
])('%d ms last %s', (millis, text) => {
  expect(duration(millis)).toBe(text);
});
