import type { ReadOptions } from './types.ts';

const MIB = 2 ** 20;
const PIECE_BYTES = 2 ** 16;

/** The same bytes in pieces of at most 64 KiB; once per MiB the signal is looked at and progress is told. */
export async function* pieces(
  bytes: AsyncIterable<Uint8Array>,
  { signal, onProgress }: Pick<ReadOptions, 'signal' | 'onProgress'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  let count = 0;
  let next = MIB;
  for await (const given of bytes) {
    for (let at = 0; at < given.length; at += PIECE_BYTES) {
      const piece = given.subarray(at, at + PIECE_BYTES);
      count += piece.length;
      if (count >= next) {
        next = count + MIB;
        signal?.throwIfAborted();
        onProgress?.(count);
      }
      yield piece;
    }
  }
  onProgress?.(count);
}

/** At least the first `count` bytes, unless there are fewer, and all bytes from the first on. */
export async function peeked(
  bytes: AsyncGenerator<Uint8Array, void, undefined>,
  count: number,
): Promise<{ head: Buffer; all: AsyncGenerator<Uint8Array, void, undefined> }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < count) {
    const { done, value } = await bytes.next();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  const head = Buffer.concat(parts);
  const all = async function* () {
    if (head.length > 0) yield head;
    yield* bytes;
  };
  return { head, all: all() };
}
