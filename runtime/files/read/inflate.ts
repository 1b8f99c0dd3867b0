import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The bytes as `unpacking` (of zlib) gives them; it is destroyed however the reading ends. */
export async function* inflated(
  bytes: AsyncIterable<Uint8Array>,
  unpacking: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const feeding = pipeline(bytes, unpacking);
  // It is awaited below; until then a failure must not count as unhandled.
  feeding.catch(() => {});
  try {
    yield* unpacking as AsyncIterable<Uint8Array>;
    await feeding;
  } finally {
    unpacking.destroy();
  }
}

/** Whether the packed bytes themselves are at fault. */
export const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(Z_|ERR_TRAILING_JUNK)/.test(String(error.code));
