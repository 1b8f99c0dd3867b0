import { createGunzip } from 'node:zlib';
import { FilesError } from '../errors.ts';
import { isBomb, MOST_BYTES } from './caps.ts';
import { inflated, isZlibError } from './inflate.ts';

/** The plain bytes of a gzip file; what unpacks to far too much is refused on the way. */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let packedBytes = 0;
  let plainBytes = 0;
  const counted = async function* () {
    for await (const piece of bytes) {
      packedBytes += piece.length;
      yield piece;
    }
  };
  try {
    for await (const piece of inflated(counted(), createGunzip({ chunkSize: 2 ** 16 }))) {
      plainBytes += piece.length;
      if (plainBytes > MOST_BYTES) throw new FilesError('GZIP_TOO_LARGE', 'permanent');
      if (isBomb(packedBytes, plainBytes)) throw new FilesError('GZIP_RATIO', 'permanent');
      yield piece;
    }
  } catch (error) {
    throw isZlibError(error) ? new FilesError('GZIP_INVALID', 'permanent', {}, { cause: error }) : error;
  }
}
