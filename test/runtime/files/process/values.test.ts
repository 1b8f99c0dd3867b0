import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalParser, integerParser, scaleOf } from '../../../../runtime/files/process/numbers.ts';
import { parserOf } from '../../../../runtime/files/process/values.ts';
import { CSV } from '../read/support.ts';

const SEED = 20260706;
const plain = { decimal: '.', thousands: undefined };
const european = { decimal: ',', thousands: '.' };
const dates = (dateFormats: readonly string[], format?: string) =>
  parserOf({ type: 'fecha', format }, { ...CSV, dateFormats });

test('integers: any size is exact, nothing else passes', () => {
  const parse = integerParser(plain);
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), (number) => {
      expect(BigInt(parse(String(number)) as number | bigint)).toBe(number);
    }),
    { seed: SEED },
  );
  expect(['+7', '-0', '007', '3.000', '-9007199254740993'].map(parse)).toEqual([
    7,
    0,
    7,
    3,
    -9007199254740993n,
  ]);
  for (const text of [
    '',
    '+',
    '-',
    '1.',
    '.0',
    '1.01',
    '1e3',
    ' 1',
    '1 ',
    '1,000',
    '--1',
    '0x1',
    '１',
    'NaN',
  ])
    expect(parse(text), text).toBeUndefined();
});

test('decimals: as Number reads them, without NaN, Infinity, blanks and other bases', () => {
  const parse = decimalParser(plain);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(parse(String(number))).toBe(number === 0 ? 0 : number);
    }),
    { seed: SEED },
  );
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 6 }), fc.boolean(), (number, scale, isNegative) => {
      const text = (isNegative ? '-' : '') + (number / 10 ** scale).toFixed(scale);
      expect(parse(text)).toBe(Number(text) === 0 ? 0 : Number(text));
      expect(scaleOf(text, '.')).toBe(scale);
    }),
    { seed: SEED },
  );
  expect(['.5', '5.', '+1.50', '1E3', '-2e-2'].map(parse)).toEqual([0.5, 5, 1.5, 1000, -0.02]);
  for (const text of [
    '',
    '.',
    '-.',
    '+',
    'e5',
    '1e',
    '1.2.3',
    'NaN',
    'Infinity',
    '1e999',
    '0x10',
    ' 1',
    '1,5',
  ])
    expect(parse(text), text).toBeUndefined();
});

test('separators are those of the format; groups have three digits', () => {
  const decimal = decimalParser(european);
  expect(['1.234,5', '-1.234.567', '12,25', '1234,5'].map(decimal)).toEqual([
    1234.5, -1234567, 12.25, 1234.5,
  ]);
  for (const text of ['1.23,5', '1234.567,1', '1,234.5', '.234', '1..234'])
    expect(decimal(text), text).toBeUndefined();
  const integer = integerParser(european);
  expect(['1.234', '1.234,00', '12'].map(integer)).toEqual([1234, 1234, 12]);
  for (const text of ['1.23', '1,5', '1.2345']) expect(integer(text), text).toBeUndefined();
});

test('dates: every day of the calendar and no other', () => {
  const parse = dates([]);
  fc.assert(
    fc.property(fc.nat({ max: 9999 }), fc.nat({ max: 13 }), fc.nat({ max: 32 }), (year, month, day) => {
      const text = [
        String(year).padStart(4, '0'),
        String(month).padStart(2, '0'),
        String(day).padStart(2, '0'),
      ].join('-');
      const date = new Date(`${text}T00:00:00Z`);
      const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
      expect(parse(text)).toBe(isDay ? date.getTime() : undefined);
    }),
    { seed: SEED, numRuns: 5000 },
  );
  const noon = Date.UTC(2024, 1, 29, 12);
  for (const text of ['2024-02-29T12:00', '2024-02-29 12:00:00Z', '2024-02-29T13:00:00.000+01:00'])
    expect(parse(text), text).toBe(noon);
  for (const text of [
    '',
    '2024',
    '2024-2-9',
    '24-02-29',
    '2024-02-29T25:00',
    '2024-02-29x',
    ' 2024-02-29',
    '2024/02/29',
  ])
    expect(parse(text), text).toBeUndefined();
});

test('date formats are tried in order before ISO; a field’s own format admits nothing else', () => {
  const parse = dates(['dd/MM/yyyy', 'd-M-yy']);
  expect([parse('05/03/2024'), parse('5-3-24'), parse('2024-03-05')]).toEqual(
    Array(3).fill(Date.UTC(2024, 2, 5)),
  );
  expect(parse('30/02/2024')).toBeUndefined();
  // Remembered answers are those of the first reading.
  expect(parse('05/03/2024')).toBe(Date.UTC(2024, 2, 5));
  const own = dates(['dd/MM/yyyy'], 'yyyyMMdd');
  expect([own('20240305'), own('05/03/2024'), own('2024-03-05')]).toEqual([
    Date.UTC(2024, 2, 5),
    undefined,
    undefined,
  ]);
});

test('booleans: every word of the contract in any case', () => {
  const parse = parserOf({ type: 'booleano', format: undefined }, CSV);
  for (const word of ['true', '1', 'sí', 'si', 'SÍ', 'Si', 'verdadero', 'Yes', 's', 'Y'])
    expect(parse(word), word).toBe(true);
  for (const word of ['false', '0', 'no', 'FALSO', 'N', 'No']) expect(parse(word), word).toBe(false);
  for (const word of ['', 'x', '2', 'truee', ' sí', 'verdaderos y más'])
    expect(parse(word), word).toBeUndefined();
});
