import { createHash } from 'node:crypto';
import type { WrittenFile } from './storage.ts';

/** Lower-case hexadecimal SHA-256. */
export const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** SHA-256 in the form of S3's checksum headers. */
export const checksumOf = (content: Uint8Array): string =>
  createHash('sha256').update(content).digest('base64');

/** Passes bytes on and knows afterwards what they were. */
export class Measure {
  private readonly hash = createHash('sha256');
  private sizeBytes = 0;
  /** What the content threw. */
  failure: unknown;

  async *pass(content: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    try {
      for await (const chunk of content) {
        signal?.throwIfAborted();
        this.hash.update(chunk);
        this.sizeBytes += chunk.byteLength;
        yield chunk;
      }
      signal?.throwIfAborted();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** Once, after the last byte. */
  finish(): WrittenFile {
    return { sizeBytes: this.sizeBytes, sha256: this.hash.digest('hex') };
  }
}

/** Size and hash of a stream that is read for them alone. */
export async function measured(content: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
  const measure = new Measure();
  for await (const _ of measure.pass(content)) {
    // Only its size and hash are wanted.
  }
  return measure.finish();
}

/** All of a stream at once. */
export async function collected(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The same bytes in blocks of exactly `blockBytes`, the last one shorter. No bytes, no block. */
export async function* blocksOf(
  content: AsyncIterable<Uint8Array>,
  blockBytes: number,
): AsyncIterable<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const chunk of content) {
    let rest = chunk;
    while (waitingBytes + rest.byteLength >= blockBytes) {
      const taken = blockBytes - waitingBytes;
      yield Buffer.concat([...waiting, rest.subarray(0, taken)], blockBytes);
      rest = rest.subarray(taken);
      waiting = [];
      waitingBytes = 0;
    }
    if (rest.byteLength > 0) {
      // The source may use its buffer again.
      waiting.push(Buffer.from(rest));
      waitingBytes += rest.byteLength;
    }
  }
  if (waitingBytes > 0) yield Buffer.concat(waiting, waitingBytes);
}

/** Bytes that are there already, as a stream. */
export async function* streamOf(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield content;
}
