import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { RandomAccessReader } from 'yauzl';
import { FilesError } from '../errors.ts';
import type { ReadOptions, Source } from './types.ts';

/** What is not larger is kept in memory instead of being copied to the scratch folder. */
const IN_MEMORY_BYTES = 16 * 2 ** 20;
const PIECE_BYTES = 2 ** 16;

/** A file that can be read anywhere. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** Fills the buffer from there on; false: the file ends before. */
  read(into: Buffer, position: number): Promise<boolean>;
  close(): Promise<void>;
}

/** The source's local file if it has one, else a copy of it: in memory, or in the scratch folder until closed. */
export async function randomAccess(source: Source, { scratch, signal }: ReadOptions): Promise<RandomAccess> {
  if (source.path !== undefined) return ofFile(await open(source.path, 'r'), async () => {});
  const parts: Uint8Array[] = [];
  let length = 0;
  const bytes = source.bytes()[Symbol.asyncIterator]();
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) {
    parts.push(next.value);
    length += next.value.length;
    if (length > IN_MEMORY_BYTES) return copied(parts, bytes, scratch, signal);
  }
  return ofBuffer(Buffer.concat(parts));
}

function ofBuffer(bytes: Buffer): RandomAccess {
  return {
    sizeBytes: bytes.length,
    read: async (into, position) => bytes.copy(into, 0, position, position + into.length) === into.length,
    close: async () => {},
  };
}

async function ofFile(file: FileHandle, remove: () => Promise<void>): Promise<RandomAccess> {
  return {
    sizeBytes: (await file.stat()).size,
    read: async (into, position) =>
      (await file.read(into, 0, into.length, position)).bytesRead === into.length,
    close: async () => {
      await file.close();
      await remove();
    },
  };
}

async function copied(
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  scratch: string | undefined,
  signal: AbortSignal | undefined,
): Promise<RandomAccess> {
  if (scratch === undefined) throw new FilesError('SCRATCH_MISSING', 'permanent');
  const folder = await mkdtemp(path.join(scratch, 'copy-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const file = await open(path.join(folder, 'data'), 'wx+');
  try {
    for (const piece of first) await file.write(piece);
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      signal?.throwIfAborted();
      await file.write(next.value);
    }
    return await ofFile(file, remove);
  } catch (error) {
    await rest.return?.();
    await file.close();
    await remove();
    throw error;
  }
}

/** A part of the file, piece by piece. */
export async function* range(
  from: RandomAccess,
  position: number,
  length: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, length - at));
    if (!(await from.read(piece, position + at))) throw new FilesError('ZIP_INVALID', 'permanent');
    yield piece;
  }
}

/** The file as yauzl reads its directory; places outside of it fail the promise and throw in no callback. */
export class DirectoryReader extends RandomAccessReader {
  constructor(private readonly file: RandomAccess) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.file.read(buffer.subarray(offset, offset + length), position).then(
      (isWhole) => setImmediate(callback, isWhole ? null : new Error('the file has become shorter')),
      (error: Error) => setImmediate(callback, error),
    );
  }

  override close(callback: (error: Error | null) => void): void {
    setImmediate(callback, null);
  }
}
