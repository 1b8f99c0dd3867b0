import type { Catalog } from '../spec/types.ts';
import { readCsv } from './csv.ts';
import type { ReadOptions, Source, TableBatch } from './types.ts';
import { readXlsx } from './xlsx.ts';

/**
 * The rows of a data file in the order of the catalog's fields (contract files §4.3). What is wrong with single rows
 * or columns is in the batches; a file that cannot be read at all throws a FilesError, an abort its signal's reason.
 */
export function readTable(
  source: Source,
  catalog: Pick<Catalog, 'format' | 'fields'>,
  options: ReadOptions = {},
): AsyncIterable<TableBatch> {
  return catalog.format.type === 'EXCEL'
    ? readXlsx(source, catalog, options)
    : readCsv(source, catalog, options);
}
