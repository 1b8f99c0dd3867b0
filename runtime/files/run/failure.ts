import { describeError, errorClassOf } from '../../core/errors.ts';
import { FilesError } from '../errors.ts';
import type { FilesCode } from '../messages.ts';
import type { RunFailure } from './outcome.ts';

/** Classes of failures in the record; what is not listed is `INTERNAL`. */
const CLASSES: Partial<Record<FilesCode, string>> = {
  INPUT_NOT_FOUND: 'INPUT',
  INPUT_CHANGED: 'INPUT',
  FILE_NOT_FOUND: 'INPUT',
  FILE_CHANGED: 'INPUT',
  RESOURCE_EXCEEDED: 'RESOURCE',
  TIMEOUT_IMMINENT: 'TIMEOUT',
  LOCK_STORE_UNAVAILABLE: 'LOCK',
  LOCK_LOST: 'LOCK',
  UPLOAD_FAILED: 'STORAGE',
  STORAGE_UNAVAILABLE: 'STORAGE',
  STORAGE_DENIED: 'STORAGE',
  STORAGE_REFUSED: 'STORAGE',
};

export const failureClass = (code: FilesCode): string => CLASSES[code] ?? 'INTERNAL';

/** What outsiders are told of an error: its code, or only an id where hookline did not write it. */
export function failureOf(error: unknown, errorId: string): RunFailure {
  const errorClass = errorClassOf(error);
  return {
    kind: 'failed',
    ...(error instanceof FilesError
      ? { code: error.code, values: error.values }
      : { code: 'EXECUTION_FAILED', values: { error_id: errorId } }),
    errorId,
    isRetryable: errorClass === 'transient' || errorClass === 'unclear',
    error,
  };
}

/** The form of `error.log`: operators alone may read it (contract files §3.4). */
export function errorLog(error: unknown): string {
  const message = error instanceof Error ? error.message : describeError(error);
  const trace = error instanceof Error ? (error.stack ?? '') : '';
  return `Error: ${message}\n\nStack trace:\n${trace}\n`;
}
