import { awsErrorName, awsStatus } from '../../core/aws-errors.ts';
import { errorClassOf, HooklineError } from '../../core/errors.ts';
import { FilesError } from '../errors.ts';
import {
  AccessError,
  FileExistsError,
  InvalidPathError,
  NotFoundError,
  StorageRefusedError,
  TransientStorageError,
} from './errors.ts';

const ABSENT = new Set(['NoSuchKey', 'NotFound', '404']);
const EXISTS = new Set(['PreconditionFailed', 'ConditionalRequestConflict', '412']);

/** What a failed S3 call means for a file; the SDK's own message stays in `cause`. */
export function s3StorageError(error: unknown, file: string): FilesError {
  if (error instanceof FilesError) return error;
  const code = awsErrorName(error);
  const details = { cause: error };
  if (ABSENT.has(code)) return new NotFoundError(file, details);
  if (EXISTS.has(code)) return new FileExistsError(file, details);
  const errorClass = error instanceof HooklineError ? error.errorClass : errorClassOf(error);
  if (errorClass === 'hold' || awsStatus(error) === 403) return new AccessError(code, details);
  if (errorClass === 'transient') return new TransientStorageError(code, details);
  return new StorageRefusedError(code, details);
}

const LOCAL_DENIED = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']);
const LOCAL_BUSY = new Set(['EMFILE', 'ENFILE', 'EBUSY', 'EIO', 'EAGAIN', 'ETXTBSY', 'ESTALE']);
const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/** What a failed call of the file system means for a file. */
export function localStorageError(error: unknown, file: string, isWrite: boolean): unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (error instanceof HooklineError || typeof code !== 'string') return error;
  const details = { cause: error };
  if (code === 'EEXIST' && isWrite) return new FileExistsError(file, details);
  if (code === 'ENAMETOOLONG') return new InvalidPathError('file_name', 'it is too long for this disk');
  if (NO_FILE.has(code) && !isWrite) return new NotFoundError(file, details);
  if (NO_FILE.has(code)) return new InvalidPathError('file_name', 'a file and a folder have this name');
  if (LOCAL_DENIED.has(code)) return new AccessError(code, details);
  if (LOCAL_BUSY.has(code)) return new TransientStorageError(code, details);
  return new StorageRefusedError(code, details);
}
