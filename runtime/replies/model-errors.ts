import { isContextTooLong, ModelError } from '../models/model.ts';
import { PROMPT_UNRESOLVED } from '../models/prompts.ts';
import { RepliesError } from './errors.ts';

const CODES = {
  transient: 'MODEL_TRANSIENT_ERROR',
  hold: 'MODEL_HOLD_ERROR',
  permanent: 'MODEL_PERMANENT_ERROR',
} as const;

/** A model's failure under the engine's code; anything else as it is. */
export function asRepliesError(error: unknown): unknown {
  if (!(error instanceof ModelError)) return error;
  const { message, errorClass, retryAfterSeconds } = error;
  const details = { cause: error, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  if (isContextTooLong(error)) return new RepliesError('CONTEXT_TOO_LONG', message, 'permanent', details);
  if (error.code === PROMPT_UNRESOLVED)
    return new RepliesError('PROMPT_UNRESOLVED', message, 'hold', details);
  // A `ModelError` is never unclear: nothing is kept at the provider.
  const known = errorClass === 'unclear' ? 'transient' : errorClass;
  return new RepliesError(CODES[known], message, known, details);
}
