import { InvalidPathError } from './errors.ts';

/** Ids of executions and owners: part of keys, folders and addresses. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const MAX_SEGMENTS = 16;
const MAX_SEGMENT_BYTES = 255;
/** Names of local files that are still being written; listings leave them out. */
export const TEMPORARY_PREFIX = '.sage-tmp-';

/** The id itself. Throws `InvalidPathError`. */
export const checkedExecutionId = (id: string): string => checkedId('execution_id', id);

/** The id of an owner: it names the folder of an attempt. Throws `InvalidPathError`. */
export const checkedOwnerId = (id: string): string => checkedId('owner_id', id);

function checkedId(what: string, id: string): string {
  if (typeof id === 'string' && ID.test(id)) return id;
  throw new InvalidPathError(
    what,
    '1 to 128 letters, digits, ".", "_" and "-", the first a letter or a digit',
  );
}

/** The name in Unicode's form NFC, `/` between folders. Throws `InvalidPathError` (contract files §3.1). */
export function checkedFileName(name: string): string {
  const normal = typeof name === 'string' && name.isWellFormed() ? name.normalize('NFC') : undefined;
  const reason = normal === undefined ? 'it is not a text' : faultOf(normal);
  if (normal === undefined || reason) throw new InvalidPathError('file_name', reason ?? '');
  return normal;
}

function faultOf(name: string): string | undefined {
  const segments = name.split('/');
  if (/[\p{Cc}\\]/u.test(name)) return 'it has a control character or a backslash';
  if (/^[A-Za-z]:/.test(name)) return 'it begins with a drive letter';
  if (name.startsWith('/')) return 'it begins with a slash';
  if (segments.length > MAX_SEGMENTS) return `it has more than ${MAX_SEGMENTS} parts`;
  return segments.map(faultOfSegment).find((fault) => fault !== undefined);
}

function faultOfSegment(segment: string): string | undefined {
  if (segment === '') return 'a part of it is empty';
  if (segment === '.' || segment === '..') return 'a part of it is "." or ".."';
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)
    return `a part has more than ${MAX_SEGMENT_BYTES} bytes`;
  return segment.startsWith(TEMPORARY_PREFIX) ? `a part begins with ${TEMPORARY_PREFIX}` : undefined;
}

/** Order of the UTF-8 bytes, as S3 lists its keys. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Throws `InvalidPathError` for a copy onto itself, which S3 refuses. */
export function differentNames(fromName: string, toName: string): void {
  if (fromName === toName) throw new InvalidPathError('file_name', 'a file cannot be copied onto itself');
}

/** Folder of an attempt, within its execution: what it writes lies there and nowhere else. */
export const attemptFolder = (attempt: number, ownerId: string): string =>
  `attempts/${attempt}-${checkedOwnerId(ownerId)}`;

/** Name of an attempt's manifest, within its execution. */
export const manifestName = (attempt: number, ownerId: string): string =>
  `${attemptFolder(attempt, ownerId)}/manifest.json`;
