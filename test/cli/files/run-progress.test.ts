import { expect, test } from 'vitest';
import { progressLine, runProgress } from '../../../cli/files/run-progress.ts';

const progress = {
  file: 'pedidos.csv',
  catalog: 'pedidos',
  rows: 1_234_567,
  bytes: 45e6,
  totalBytes: 100e6,
  pass: 1,
};

test('a line tells rows, bytes, rate and the time that is left', () => {
  expect(progressLine(progress, 9_000)).toBe(
    'pedidos.csv  ███████████░░░░░░░░░░░░░ 45 %  1,234,567 rows  45.0 MB of 100.0 MB  137,174 rows/s  11 s left',
  );
  expect(progressLine({ ...progress, totalBytes: undefined, pass: 2 }, 9_000)).toBe(
    'pedidos.csv (pass 2)  1,234,567 rows  45.0 MB  137,174 rows/s',
  );
  expect(progressLine({ ...progress, rows: 0, bytes: 0 }, 0)).toBe(
    `pedidos.csv  ${'░'.repeat(24)} 0 %  0 rows  0.0 MB of 100.0 MB  0 rows/s`,
  );
});

test.each([
  [true, 100, '\r\u001b[2Kpedidos'],
  [false, 5_000, 'pedidos'],
])('terminal %s: not more often than each %d ms, and taken away at the end', (colour, every, shape) => {
  let now = 0;
  const lines: string[] = [];
  const terminal = { colour, out: () => {}, error: (text: string) => void lines.push(text) };
  const bar = runProgress(terminal, { nowMillis: () => now, sleep: async () => {} });
  bar.show(progress);
  now = every - 1;
  bar.show(progress);
  expect(lines).toEqual([]);
  now = every;
  bar.show(progress);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.startsWith(shape)).toBe(true);
  expect(lines[0]?.endsWith('\n')).toBe(!colour);
  bar.end();
  bar.end();
  expect(lines.slice(1)).toEqual(colour ? ['\r\u001b[2K'] : []);
});
