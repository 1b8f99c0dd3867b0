import { type ErrorClass, type ErrorDetails, HooklineError } from '../core/errors.ts';
import { type FilesCode, say } from './messages.ts';
import type { MessageValues } from './spec/types.ts';

/**
 * An error that files throws on purpose. `message` is the English text of the code, for logs: `values` must hold no
 * text of a data file. A user is told `say(locale, error.code, error.values)`.
 */
export class FilesError extends HooklineError {
  override name = 'FilesError';
  override readonly code: FilesCode;

  constructor(
    code: FilesCode,
    errorClass: ErrorClass,
    readonly values: MessageValues = {},
    details: ErrorDetails = {},
  ) {
    super(say('en', code, values), errorClass, { ...details, code });
    this.code = code;
  }
}
