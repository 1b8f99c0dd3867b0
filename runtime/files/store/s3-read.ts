import { GetObjectCommand } from '@aws-sdk/client-s3';
import { gunzipped } from './compress.ts';
import {
  FileChangedError,
  FileExistsError,
  NotFoundError,
  StorageRefusedError,
  TransientStorageError,
} from './errors.ts';
import type { S3File, S3Place } from './s3-place.ts';

/** Breaks in a row, without a byte between them, after which a read gives up. */
const MAX_BREAKS = 5;
const PAUSE_MILLIS = 100;

interface Answer {
  readonly ETag?: string;
  readonly ContentLength?: number;
  readonly ContentEncoding?: string;
  readonly Body: AsyncIterable<Uint8Array>;
}

/** The plain bytes of an object. A broken read goes on at its offset, on the same version of the object. */
export async function* s3Read(place: S3Place, file: S3File, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const first: Answer = await get(place, file, {}, signal);
  const stored = resumed(place, file, first, signal);
  if (first.ContentEncoding !== 'gzip') return yield* stored;
  try {
    yield* gunzipped(stored);
  } catch (error) {
    // zlib's: the object is not what was written.
    const code = String((error as NodeJS.ErrnoException).code);
    throw code.startsWith('Z_') ? new StorageRefusedError(code, { cause: error }) : error;
  }
}

const get = (place: S3Place, { key, name }: S3File, more: object, signal?: AbortSignal): Promise<Answer> =>
  place.call(name, new GetObjectCommand({ Bucket: place.bucket, Key: key, ...more }), signal);

/** The stored bytes, as they lie there. */
async function* resumed(
  place: S3Place,
  file: S3File,
  first: Answer,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { ETag: etag, ContentLength: totalBytes } = first;
  let answer = first;
  let offset = 0;
  for (let breaks = 0; ; ) {
    let failure: unknown;
    try {
      for await (const chunk of answer.Body) {
        signal?.throwIfAborted();
        offset += chunk.byteLength;
        if (chunk.byteLength > 0) breaks = 0;
        yield chunk;
      }
      if (totalBytes === undefined) return;
    } catch (error) {
      failure = error;
    }
    signal?.throwIfAborted();
    if (totalBytes !== undefined && offset >= totalBytes) return;
    breaks += 1;
    if (breaks > MAX_BREAKS) throw new TransientStorageError('ReadBroken', { cause: failure });
    await place.clock.sleep(PAUSE_MILLIS * 2 ** breaks, signal);
    answer = await resume(place, file, { Range: `bytes=${offset}-`, IfMatch: etag }, signal);
  }
}

async function resume(
  place: S3Place,
  file: S3File,
  range: object,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  try {
    return await get(place, file, range, signal);
  } catch (error) {
    if (error instanceof FileExistsError || error instanceof NotFoundError)
      throw new FileChangedError(file.name, { cause: error.cause });
    throw error;
  }
}
