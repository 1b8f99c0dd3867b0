import type { ErrorDetails } from '../../core/errors.ts';
import { FilesError } from '../errors.ts';
import type { LockHolder } from './execution-lock.ts';

/** The id of an execution or the name of a file is not allowed (contract files §3.1). */
export class InvalidPathError extends FilesError {
  override name = 'InvalidPathError';
  /** `what` is `execution_id`, `file_name` or `owner_id`; the value itself is not shown. */
  constructor(what: string, reason: string) {
    super('INVALID_PATH', 'permanent', { what, reason });
  }
}

export class NotFoundError extends FilesError {
  override name = 'NotFoundError';
  constructor(file: string, details?: ErrorDetails) {
    super('FILE_NOT_FOUND', 'permanent', { file }, details);
  }
}

/** A file that was to be made stands there already. */
export class FileExistsError extends FilesError {
  override name = 'FileExistsError';
  constructor(file: string, details?: ErrorDetails) {
    super('FILE_EXISTS', 'permanent', { file }, details);
  }
}

/** Another version of the file appeared while it was read. */
export class FileChangedError extends FilesError {
  override name = 'FileChangedError';
  constructor(file: string, details?: ErrorDetails) {
    super('FILE_CHANGED', 'transient', { file }, details);
  }
}

/** The rights, the bucket or the space are missing: an operator can fix it. `cause` is the service's code. */
export class AccessError extends FilesError {
  override name = 'AccessError';
  constructor(cause: string, details?: ErrorDetails) {
    super('STORAGE_DENIED', 'hold', { cause }, details);
  }
}

/** The storage was throttled, broken or out of reach, after the retries. */
export class TransientStorageError extends FilesError {
  override name = 'TransientStorageError';
  constructor(cause: string, details?: ErrorDetails) {
    super('STORAGE_UNAVAILABLE', 'transient', { cause }, details);
  }
}

/** The storage refused the request itself; retrying cannot help. */
export class StorageRefusedError extends FilesError {
  override name = 'StorageRefusedError';
  constructor(cause: string, details?: ErrorDetails) {
    super('STORAGE_REFUSED', 'permanent', { cause }, details);
  }
}

/** Another worker holds the lock of the execution. */
export class LockHeldError extends FilesError {
  override name = 'LockHeldError';
  constructor(readonly holder: LockHolder) {
    const retryAfterSeconds = Math.max(1, Math.ceil(holder.secondsLeft));
    super('LOCK_HELD', 'transient', { seconds: retryAfterSeconds }, { retryAfterSeconds });
  }
}

/** The lock was lost, or another worker has the execution: nothing may be published here. */
export class LockLostError extends FilesError {
  override name = 'LockLostError';
  constructor() {
    super('LOCK_LOST', 'transient');
  }
}
