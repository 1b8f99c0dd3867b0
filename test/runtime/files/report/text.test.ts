import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRecord, guarded } from '../../../../runtime/files/report/csv.ts';
import { duration, MASK, shown } from '../../../../runtime/files/report/text.ts';

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

describe('a value in a report', () => {
  test('has 200 characters at the most, and no half one', () => {
    expect(shown('é'.repeat(200), false)).toBe('é'.repeat(200));
    expect(shown('😀'.repeat(201), false)).toBe(`${'😀'.repeat(200)}…`);
    expect(shown('x'.repeat(1_000_000), false)).toBe(`${'x'.repeat(200)}…`);
  });

  test('of a sensitive field is masked, whatever its length', () => {
    expect(shown('4111', true)).toBe(MASK);
    expect(shown('', true)).toBe(MASK);
    expect(shown(null, true)).toBe('');
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
