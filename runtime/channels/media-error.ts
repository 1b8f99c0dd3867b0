import { type ErrorDetails, HooklineError } from '../core/errors.ts';

/** A medium could not be fetched. `errorClass` says whether it is worth another try; it is never `unclear`. */
export class MediaError extends HooklineError {
  override name = 'MediaError';
  constructor(message: string, errorClass: 'transient' | 'hold' | 'permanent', details?: ErrorDetails) {
    super(message, errorClass, details);
  }
}
