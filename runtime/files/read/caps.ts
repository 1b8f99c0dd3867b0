/** What an archive, a workbook or a gzip file may unpack to (contract files §4.3). */
export const MOST_ENTRIES = 10_000;
export const MOST_BYTES = 8 * 2 ** 30;
const MOST_RATIO = 200;
const RATIO_FROM_BYTES = 10 * 2 ** 20;

/** More than 200 to 1, above 10 MiB. */
export const isBomb = (packedBytes: number, plainBytes: number): boolean =>
  plainBytes > RATIO_FROM_BYTES && plainBytes > MOST_RATIO * packedBytes;
