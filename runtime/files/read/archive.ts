import { crc32, createInflateRaw } from 'node:zlib';
import { fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import { HooklineError } from '../../core/errors.ts';
import { FilesError } from '../errors.ts';
import type { FilesCode } from '../messages.ts';
import { type ArchiveEntry, entryOf } from './archive-entry.ts';
import { pieces } from './bytes.ts';
import { MOST_BYTES, MOST_ENTRIES } from './caps.ts';
import { inflated, isZlibError } from './inflate.ts';
import { DirectoryReader, type RandomAccess, randomAccess, range } from './random-access.ts';
import type { ReadOptions, Source } from './types.ts';

const invalid = (cause: unknown): FilesError => new FilesError('ZIP_INVALID', 'permanent', {}, { cause });

/** Failures of the disk and what hookline throws stay what they are; the rest says that the archive is broken. */
const asFilesError = (error: unknown): unknown =>
  error instanceof HooklineError || (error instanceof Error && 'syscall' in error) ? error : invalid(error);

/** The directory of a ZIP file or workbook, whole and checked, and the bytes of its files (contract files §4.3). */
export class Archive {
  constructor(
    readonly entries: ReadonlyMap<string, ArchiveEntry>,
    private readonly zip: ZipFile,
    private readonly file: RandomAccess,
  ) {}

  /** The plain bytes; throws before giving more of them than the directory says, or when they are others. */
  async *bytes(entry: ArchiveEntry, options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const refuse = (code: FilesCode) =>
      new FilesError(code, 'permanent', { member: entry.name.slice(0, 200) });
    const { signal } = options;
    let sizeBytes = 0;
    let sum = 0;
    try {
      const { fileDataStart } = await this.zip.readLocalFileHeaderPromise(entry.raw, { minimal: true });
      const packed = pieces(range(this.file, fileDataStart, entry.packedBytes), options);
      const plain = entry.isDeflated ? inflated(packed, createInflateRaw({ chunkSize: 2 ** 16 })) : packed;
      for await (const piece of pieces(plain, signal ? { signal } : {})) {
        sizeBytes += piece.length;
        if (sizeBytes > entry.sizeBytes) throw refuse('ZIP_SIZE');
        sum = crc32(piece, sum);
        yield piece;
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      throw isZlibError(error) ? invalid(error) : asFilesError(error);
    }
    if (sizeBytes !== entry.sizeBytes) throw refuse('ZIP_SIZE');
    if (sum !== entry.crc32) throw refuse('ZIP_CRC');
  }

  async close(): Promise<void> {
    this.zip.close();
    await this.file.close();
  }
}

export async function openArchive(source: Source, options: ReadOptions): Promise<Archive> {
  const file = await randomAccess(source, options);
  try {
    const zip = await fromRandomAccessReaderPromise(new DirectoryReader(file), file.sizeBytes, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    });
    return new Archive(await directory(zip), zip, file);
  } catch (error) {
    await file.close();
    throw asFilesError(error);
  }
}

async function directory(zip: ZipFile): Promise<ReadonlyMap<string, ArchiveEntry>> {
  const entries = new Map<string, ArchiveEntry>();
  let sizeBytes = 0;
  if (zip.entryCount > MOST_ENTRIES)
    throw new FilesError('ZIP_TOO_MANY_ENTRIES', 'permanent', { limit: MOST_ENTRIES });
  for await (const raw of zip.eachEntry()) {
    const entry = entryOf(raw);
    sizeBytes += raw.uncompressedSize;
    if (sizeBytes > MOST_BYTES) throw new FilesError('ZIP_TOO_LARGE', 'permanent');
    if (entry === undefined) continue;
    if (entries.has(entry.name))
      throw new FilesError('ZIP_NAME_DUPLICATE', 'permanent', { member: entry.name.slice(0, 200) });
    entries.set(entry.name, entry);
  }
  return entries;
}
