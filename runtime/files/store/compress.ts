import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { isText } from './content-type.ts';

/** Texts of this size and more are stored with gzip. */
const COMPRESSED_FROM_BYTES = 1024 * 1024;
/** Fast: about 100 MB/s, and a third of the size (contract files §10). */
const GZIP_LEVEL = 1;

/** A stream and how it is encoded. */
export interface Encoded {
  readonly content: AsyncIterable<Uint8Array>;
  readonly contentEncoding: 'gzip' | undefined;
}

/** Compresses a text of 1 MiB and more; everything else passes through. Looks at the first MiB before it decides. */
export async function encoded(content: AsyncIterable<Uint8Array>, contentType: string): Promise<Encoded> {
  if (!isText(contentType)) return { content, contentEncoding: undefined };
  const iterator = content[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let headBytes = 0;
  let isWhole = false;
  while (headBytes < COMPRESSED_FROM_BYTES && !isWhole) {
    const next = await iterator.next();
    isWhole = next.done === true;
    if (next.done) break;
    head.push(Buffer.from(next.value));
    headBytes += next.value.byteLength;
  }
  const all = replay(head, iterator, isWhole);
  if (headBytes < COMPRESSED_FROM_BYTES) return { content: all, contentEncoding: undefined };
  return { content: gzipped(all), contentEncoding: 'gzip' };
}

async function* replay(
  head: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
  isWhole: boolean,
): AsyncIterable<Uint8Array> {
  try {
    yield* head;
    while (!isWhole) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

const gzipped = (content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  pipeline(Readable.from(content, { objectMode: true }), createGzip({ level: GZIP_LEVEL }), () => {});

/** The plain bytes. A damaged stream throws Node's error with a code `Z_…`. */
export const gunzipped = (content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  pipeline(Readable.from(content, { objectMode: true }), createGunzip(), () => {});
