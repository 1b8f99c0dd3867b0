import { FilesError } from '../errors.ts';
import type { Catalog } from '../spec/types.ts';
import { peeked, pieces } from './bytes.ts';
import { CsvScanner, type RecordSink } from './csv-scan.ts';
import { Decoder } from './encoding.ts';
import { gunzip } from './gunzip.ts';
import { TableShaper } from './shape.ts';
import { HEAD_BYTES, kindOf } from './sniff.ts';
import type { ReadOptions, Source, TableBatch } from './types.ts';

const BATCH_ROWS = 1000;
const BATCH_BYTES = 256 * 2 ** 10;

/** The rows of a CSV file (contract files §4.3). Memory does not grow with the file. */
export async function* readCsv(
  source: Source,
  { format, fields }: Pick<Catalog, 'format' | 'fields'>,
  options: ReadOptions,
): AsyncGenerator<TableBatch, void, undefined> {
  const shaper = new TableShaper({ format, fields, isSparse: false });
  const decoder = new Decoder(format.encoding);
  const scanner = new CsvScanner({ ...format, isTrimmed: format.trim !== 'none' }, sinkOf(shaper));
  const scan = function* (text: string, isLast: boolean): Generator<TableBatch, void, undefined> {
    for (const problem of decoder.problems.splice(0)) shaper.problem(problem);
    scanner.hasInvalid = decoder.hasInvalid;
    scanner.push(text);
    while (scanner.scan(Math.max(1, BATCH_ROWS - shaper.size), isLast))
      if (shaper.size >= BATCH_ROWS) yield shaper.take();
  };
  let bytes = 0;
  for await (const piece of plainBytes(source, format.compression, options)) {
    yield* scan(decoder.push(piece), false);
    bytes += piece.length;
    if (bytes < BATCH_BYTES && shaper.size < BATCH_ROWS) continue;
    bytes = 0;
    if (shaper.size > 0) yield shaper.take();
  }
  yield* scan(decoder.end(), true);
  shaper.end();
  if (shaper.size > 0) yield shaper.take();
}

function sinkOf(shaper: TableShaper): RecordSink {
  return {
    record: (cells, line) => shaper.record(cells, line),
    fault: (code, line, column, cells) => shaper.refuse(code, line, { column }, cells),
    mixedLineEnds: (line) => shaper.warnOnce('MIXED_LINE_ENDS', line),
  };
}

async function* plainBytes(
  source: Source,
  compression: Catalog['format']['compression'],
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = pieces(source.bytes(), options);
  const { head, all } = await peeked(packed, HEAD_BYTES);
  const kind = kindOf(head);
  // A workbook under the name of a text would be an error in each of its lines.
  if (kind === 'zip' || kind === 'ole')
    throw new FilesError('FILE_TYPE_MISMATCH', 'permanent', { file: source.name, type: 'CSV', found: kind });
  const isPacked = compression === 'gzip' || (compression === 'auto' && kind === 'gzip');
  yield* isPacked ? pieces(gunzip(all), options.signal ? { signal: options.signal } : {}) : all;
}
