import { expect, test } from 'vitest';
import { datePattern, isoDate } from '../../../../runtime/files/dates.ts';

const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString();

test.each([
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2024-02-30', undefined],
  ['2023-02-29', undefined],
  ['2024-13-01', undefined],
  ['2024-1-01', undefined],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ['2024-05-10T13:45', '2024-05-10T13:45:00.000Z'],
  ['2024-05-10 13:45:10.25', '2024-05-10T13:45:10.250Z'],
  ['2024-05-10T13:45:10-05:00', '2024-05-10T18:45:10.000Z'],
  ['2024-05-10T00:00:00+0130', '2024-05-09T22:30:00.000Z'],
  ['2024-05-10T24:00', undefined],
  ['2024-05-10T10:00:60', undefined],
  ['2024-05-10T10:00+99:00', undefined],
  ['10/05/2024', undefined],
  ['', undefined],
])('ISO: %s', (text, expected) => {
  expect(iso(isoDate(text))).toBe(expected);
});

test.each([
  ['dd/MM/yyyy', '31/12/2024', '2024-12-31T00:00:00.000Z'],
  ['dd/MM/yyyy', '31/11/2024', undefined],
  ['dd/MM/yyyy', '1/12/2024', undefined],
  ['d/M/yy', '1/2/68', '2068-02-01T00:00:00.000Z'],
  ['d/M/yy', '31/12/69', '1969-12-31T00:00:00.000Z'],
  ['yyyyMMdd', '20240229', '2024-02-29T00:00:00.000Z'],
  ['yyyyMMdd', '202402290', undefined],
  ['dd.MM.yyyy HH:mm:ss.SSS', '01.02.2024 03:04:05.678', '2024-02-01T03:04:05.678Z'],
  ['d/M/yyyy H:m', '9/8/2024 7:06', '2024-08-09T07:06:00.000Z'],
  ['dd-MM-yyyy', '01/02/2024', undefined],
])('%s: %s', (pattern, text, expected) => {
  expect(iso(datePattern(pattern)(text))).toBe(expected);
});
