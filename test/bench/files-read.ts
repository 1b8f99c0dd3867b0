import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse as csvParse } from 'csv-parse';
import Papa from 'papaparse';
import { SaxesParser } from 'saxes';
import { openArchive } from '../../runtime/files/read/archive.ts';
import { readTable } from '../../runtime/files/read/read-table.ts';
import type { Source } from '../../runtime/files/read/types.ts';
import { CSV, EXCEL, field } from '../runtime/files/read/support.ts';
import { type XlsxCell, xlsx } from '../support/xlsx.ts';
import { type Section, table } from './section.ts';
import { interleaved, median, millis, ratio } from './statistics.ts';

const ROUNDS = 5;
const ROWS = 300_000;
const PIECE_BYTES = 256 * 2 ** 10;
const COLUMNS = 12;
const SHEET_ROWS = 30_000;
const FIELDS = Array.from({ length: COLUMNS }, (_, index) => field(`c${index}`));

const cellsOf = (row: number): string[] => {
  const number = (row * 48_271) % 2_147_483_647;
  return [
    `${row}`,
    `CLI${number % 100_000}`,
    `Nombre ${number % 9999}`,
    `${(number % 100_000) / 100}`,
    `${number % 50}`,
    `2024-0${1 + (number % 9)}-1${number % 10}`,
    'true',
    `texto libre ${number}`,
    'ES',
    `${number % 100}`,
    `${number}`,
    'final',
  ];
};

const FILES: Readonly<Record<string, (cells: readonly string[], row: number) => string>> = {
  'no quotes': (cells) => `${cells.join('|')}\n`,
  'CRLF, UTF-8, one cell in ten quoted': (cells, row) =>
    `${cells.map((cell, column) => (column === row % 10 ? `"${cell} ""ñ"""` : cell)).join('|')}\r\n`,
  'all quoted': (cells) => `${cells.map((cell) => `"${cell}"`).join('|')}\n`,
};

const sourceOf = (bytes: Buffer, name = 'datos.csv'): Source => ({
  name,
  sizeBytes: bytes.length,
  async *bytes() {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
  },
});

async function ours(source: Source, format = { ...CSV, delimiter: '|' }): Promise<number> {
  let rows = 0;
  for await (const batch of readTable(source, { format, fields: FIELDS })) rows += batch.rows.length;
  return rows;
}

const papaparse = (source: Source): Promise<number> =>
  new Promise((resolve, reject) => {
    let rows = 0;
    Papa.parse(Readable.from(source.bytes()), {
      delimiter: '|',
      skipEmptyLines: true,
      chunk: ({ data }) => {
        rows += data.length;
      },
      complete: () => resolve(rows),
      error: reject,
    });
  });

async function csvParser(source: Source): Promise<number> {
  let rows = 0;
  for await (const _ of Readable.from(source.bytes()).pipe(csvParse({ delimiter: '|' }))) rows++;
  return rows;
}

/** Milliseconds of processor time, which other work on the machine disturbs less than the clock. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The readers beside papaparse in chunk mode and csv-parse, and what they hold while a file grows. */
export async function filesRead(): Promise<Section> {
  const rows: string[][] = [];
  for (const [name, line] of Object.entries(FILES)) rows.push(await compared(name, line));
  const sheet = await sheetTime();
  const held = [await heldMegabytes(1_000_000), await heldMegabytes(4_000_000)];
  return {
    title: 'Readers of files',
    body: [
      table(['CSV', 'ours', 'papaparse', 'csv-parse', 'ours : papaparse', 'rows/s'], rows),
      `${ROWS} rows of ${COLUMNS} columns, medians of the processor time of ${ROUNDS} rounds in turn. Ours maps columns, counts physical lines and looks for faults besides; papaparse in chunk mode gives arrays.`,
      table(['XLSX', 'ours', 'parsing its XML alone', 'ours : XML', 'rows/s'], [sheet]),
      `Held at most while reading CSV, pieces and the batch in hand included: ${held.map((size) => `${size.toFixed(1)} MB`).join(' at 1 million rows, ')} at 4 million.`,
    ],
  };
}

async function compared(
  name: string,
  line: (cells: readonly string[], row: number) => string,
): Promise<string[]> {
  const source = sourceOf(
    Buffer.from(Array.from({ length: ROWS }, (_, row) => line(cellsOf(row), row)).join('')),
  );
  const run = (read: (source: Source) => Promise<number>) => () =>
    timed(async () => {
      const rows = await read(source);
      if (rows !== ROWS) throw new Error(`${name}: ${rows} rows`);
    });
  const times = await interleaved(ROUNDS, {
    ours: run((from) => ours(from)),
    papaparse: run(papaparse),
    csvParser: run(csvParser),
  });
  const [own, papa, parser] = [median(times.ours), median(times.papaparse), median(times.csvParser)];
  return [
    name,
    millis(own),
    millis(papa),
    millis(parser),
    ratio(own, papa),
    `${Math.round((ROWS / own) * 1000)}`,
  ];
}

async function sheetTime(): Promise<string[]> {
  const cells = (row: number): XlsxCell[] =>
    cellsOf(row).map((cell, column) => (column === 3 || column === 10 ? Number(cell) : cell));
  const rows = Array.from({ length: SHEET_ROWS }, (_, row) => cells(row));
  const source = sourceOf(xlsx({ sheets: [{ name: 'Hoja', rows }] }), 'libro.xlsx');
  const times = await interleaved(3, {
    ours: () =>
      timed(async () => {
        const count = await ours(source, EXCEL);
        if (count !== SHEET_ROWS) throw new Error(`${count} rows`);
      }),
    xml: () => timed(() => xmlAlone(source)),
  });
  const [own, xml] = [median(times.ours), median(times.xml)];
  const name = `${SHEET_ROWS} rows of ${COLUMNS} columns, 10 of them shared strings`;
  return [name, millis(own), millis(xml), ratio(own, xml), `${Math.round((SHEET_ROWS / own) * 1000)}`];
}

/** What no reader on saxes can go below: the same parts inflated and parsed, and nothing made of them. */
async function xmlAlone(source: Source): Promise<void> {
  const archive = await openArchive(source, {});
  for (const entry of archive.entries.values()) {
    const parser = new SaxesParser();
    for (const event of ['opentag', 'closetag', 'text'] as const) parser.on(event, () => {});
    for await (const piece of archive.bytes(entry, {})) parser.write(Buffer.from(piece).toString('latin1'));
  }
  await archive.close();
}

/** What is held at most while a file is read of which no more than a piece exists at a time. */
async function heldMegabytes(rows: number): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const piece = Buffer.from(Array.from({ length: 1000 }, (_, row) => `${cellsOf(row).join('|')}\n`).join(''));
  const source: Source = {
    name: 'datos.csv',
    async *bytes() {
      for (let row = 0; row < rows; row += 1000) yield piece;
    },
  };
  const before = held();
  let most = before;
  let batches = 0;
  for await (const _ of readTable(source, { format: { ...CSV, delimiter: '|' }, fields: FIELDS }))
    if (++batches % 200 === 0) most = Math.max(most, held());
  return (most - before) / 2 ** 20;
}
