import { isUtf8 } from 'node:buffer';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import { FilesError } from '../errors.ts';
import type { FilesCode } from '../messages.ts';
import { isBomb } from './caps.ts';

/** A file within an archive. */
export interface ArchiveEntry {
  /** With `/` between folders, NFC. */
  readonly name: string;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly crc32: number;
  readonly isDeflated: boolean;
  /** Where its local header stands. */
  readonly headerAt: number;
  /** What yauzl needs to read the local header. */
  readonly raw: Entry;
}

const MOST_SEGMENTS = 16;
const MOST_SEGMENT_BYTES = 255;
/** No more of a name stands in a message. */
const SHOWN = 200;

const FILE_TYPE = 0o170000;
const TYPES = { none: 0, file: 0o100000, folder: 0o040000, link: 0o120000 };

const STORED = 0;
const DEFLATED = 8;

/** The entry, checked; undefined for a folder. Refuses with a code of its own whatever no delivery needs. */
export function entryOf(raw: Entry): ArchiveEntry | undefined {
  const name = nameOf(raw);
  if (!isSafe(name)) throw new FilesError('ZIP_NAME_UNSAFE', 'permanent');
  const refuse = (code: FilesCode) => new FilesError(code, 'permanent', { member: name.slice(0, SHOWN) });
  const type = (raw.externalFileAttributes >>> 16) & FILE_TYPE;
  if (type === TYPES.link) throw refuse('ZIP_SYMLINK');
  if (type !== TYPES.none && type !== TYPES.file && type !== TYPES.folder) throw refuse('ZIP_SPECIAL_FILE');
  if (raw.isEncrypted()) throw refuse('ZIP_ENCRYPTED');
  if (raw.compressionMethod !== STORED && raw.compressionMethod !== DEFLATED)
    throw refuse('ZIP_METHOD_UNSUPPORTED');
  if (isBomb(raw.compressedSize, raw.uncompressedSize)) throw refuse('ZIP_RATIO');
  if (name.endsWith('/')) return undefined;
  return {
    name,
    packedBytes: raw.compressedSize,
    sizeBytes: raw.uncompressedSize,
    crc32: raw.crc32,
    isDeflated: raw.compressionMethod === DEFLATED,
    headerAt: raw.relativeOffsetOfLocalHeader,
    raw,
  };
}

/** Many writers leave out the mark for UTF-8; text that is valid UTF-8 is hardly ever anything else. */
function nameOf(raw: Entry): string {
  const name = isUtf8(raw.fileNameRaw)
    ? raw.fileNameRaw.toString('utf8').replaceAll('\\', '/')
    : getFileNameLowLevel(raw.generalPurposeBitFlag, raw.fileNameRaw, raw.extraFields, false);
  return name.normalize('NFC');
}

function isSafe(name: string): boolean {
  const segments = name.replace(/\/$/, '').split('/');
  return (
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    !/[\x00-\x1f\x7f]|^[A-Za-z]:/.test(name) &&
    segments.length <= MOST_SEGMENTS &&
    segments.every(
      (segment) =>
        segment !== '' &&
        segment !== '.' &&
        segment !== '..' &&
        Buffer.byteLength(segment) <= MOST_SEGMENT_BYTES,
    )
  );
}
