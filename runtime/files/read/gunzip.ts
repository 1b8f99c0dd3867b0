import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { FilesError } from '../errors.ts';
import { isBomb, MOST_BYTES } from './caps.ts';

/** The plain bytes of a gzip file; what unpacks to far too much is refused on the way. */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const plain = createGunzip({ chunkSize: 2 ** 16 });
  let packedBytes = 0;
  const counted = async function* () {
    for await (const piece of bytes) {
      packedBytes += piece.length;
      yield piece;
    }
  };
  const feeding = pipeline(counted(), plain);
  // It is awaited below; until then a failure must not count as unhandled.
  feeding.catch(() => {});
  let plainBytes = 0;
  try {
    for await (const piece of plain as AsyncIterable<Buffer>) {
      plainBytes += piece.length;
      if (plainBytes > MOST_BYTES) throw new FilesError('GZIP_TOO_LARGE', 'permanent');
      if (isBomb(packedBytes, plainBytes)) throw new FilesError('GZIP_RATIO', 'permanent');
      yield piece;
    }
    await feeding;
  } catch (error) {
    throw isZlib(error) ? new FilesError('GZIP_INVALID', 'permanent', {}, { cause: error }) : error;
  } finally {
    plain.destroy();
  }
}

const isZlib = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(Z_|ERR_TRAILING_JUNK)/.test(String(error.code));
