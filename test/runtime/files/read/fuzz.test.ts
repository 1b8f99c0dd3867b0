import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FilesError } from '../../../../runtime/files/errors.ts';
import { isFilesCode } from '../../../../runtime/files/messages.ts';
import { openZip } from '../../../../runtime/files/read/zip.ts';
import type { FileFormat } from '../../../../runtime/files/spec/types.ts';
import { Chance, csvBytes, csvFormat, xlsxBytes, zipBytes } from './fuzz-inputs.ts';
import { EXCEL, field, type Read, readAll, source } from './support.ts';

/** Together 100,000 inputs, each decided by its number, which a failure names. */
const COUNTS = { csv: 90_000, zip: 6000, xlsx: 4000 };
const FIRST = 0;
const MINUTES = 60_000;
const FIELDS = [field('a'), field('b', 'decimal')];

let outer: string;
let scratch: string;
beforeAll(() => {
  outer = mkdtempSync(path.join(tmpdir(), 'hookline-fuzz-'));
  scratch = path.join(outer, 'run');
  mkdirSync(scratch);
});
afterAll(() => rmSync(outer, { recursive: true }));

function expectSound({ rows, lines, problems }: Read): void {
  if (rows.length !== lines.length) throw new Error('a row without a line');
  let last = 0;
  lines.forEach((line, index) => {
    if (!(line > last)) throw new Error(`line ${line} after ${last}`);
    last = line;
    if (rows[index]!.length !== FIELDS.length) throw new Error(`a row of ${rows[index]!.length} cells`);
    for (const cell of rows[index]!)
      if (cell !== null && typeof cell !== 'string') throw new Error('no cell');
  });
  for (const { code, line } of problems)
    if (!isFilesCode(code) || line < 0) throw new Error(`problem ${code} at ${line}`);
}

/** How many of the inputs were read to their end; each of the others met a FilesError. */
async function reads(count: number, read: (chance: Chance) => Promise<void>): Promise<number> {
  let whole = 0;
  for (let seed = FIRST; seed < FIRST + count; seed++) {
    try {
      await read(new Chance(seed));
      whole++;
    } catch (error) {
      if (!(error instanceof FilesError) || error.cause instanceof TypeError)
        throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  expect(readdirSync(outer)).toEqual(['run']);
  expect(readdirSync(scratch)).toEqual([]);
  return whole;
}

const readWhole = async (
  chance: Chance,
  bytes: Buffer,
  name: string,
  format: Partial<FileFormat>,
): Promise<void> =>
  expectSound(await readAll(source(bytes, [1 + chance.below(40)], name), FIELDS, format, { scratch }));

test('files T50: no CSV makes the reader fail, hang or lose its place', {
  timeout: MINUTES * 3,
}, async () => {
  const whole = await reads(COUNTS.csv, (chance) =>
    readWhole(chance, csvBytes(chance), 'datos.csv', csvFormat(chance)),
  );
  expect(whole).toBeGreaterThan(COUNTS.csv * 0.9);
});

test('files T50: no ZIP makes the reader fail, hang or write anywhere', {
  timeout: MINUTES * 3,
}, async () => {
  const whole = await reads(COUNTS.zip, async (chance) => {
    const delivery = await openZip(source(zipBytes(chance), [], 'entrega.zip'), { scratch });
    try {
      for (const member of delivery.members) {
        let size = 0;
        for await (const piece of member.bytes()) size += piece.length;
        if (size !== member.sizeBytes) throw new Error('another size');
      }
    } finally {
      await delivery.close();
    }
  });
  expect(whole).toBeGreaterThan(COUNTS.zip * 0.1);
  expect(whole).toBeLessThan(COUNTS.zip * 0.9);
});

test('files T50: no workbook makes the reader fail, hang or write anywhere', {
  timeout: MINUTES * 3,
}, async () => {
  const whole = await reads(COUNTS.xlsx, (chance) =>
    readWhole(chance, xlsxBytes(chance), 'libro.xlsx', { ...EXCEL, header: chance.next() < 0.5 }),
  );
  expect(whole).toBeGreaterThan(COUNTS.xlsx * 0.1);
  expect(whole).toBeLessThan(COUNTS.xlsx * 0.9);
});
