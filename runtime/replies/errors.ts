import { AwsCallError, type ErrorClass, type ErrorDetails, HooklineError } from '../core/errors.ts';

/** Codes of what the worker alone does. */
const WORKER_CODES = [
  'MISSING_MODEL_CONFIG',
  'PROMPT_UNRESOLVED',
  'MODEL_TRANSIENT_ERROR',
  'MODEL_HOLD_ERROR',
  'MODEL_PERMANENT_ERROR',
  'MODEL_OUTPUT_ERROR',
  'CONTEXT_TOO_LONG',
  'SEND_UNCLEAR',
  'LEASE_LOST',
  'TOO_MANY_DEFERRALS',
  'CHANNEL_MISMATCH',
  'TIME_BUDGET',
  'RECORD_TOO_LARGE',
] as const;

/** Every code that the reply engine answers, logs or stores; one list for all its functions (contract replies §3.5). */
export const REPLIES_CODES = [
  'PARSING_ERROR',
  'UNKNOWN_CHANNEL',
  'NOT_FOUND',
  'CONVERSATION_NOT_FOUND',
  'INVALID_SIGNATURE',
  'MISSING_CREDENTIAL_CONFIG',
  'SECRET_FETCH_FAILED',
  'SECRET_FETCH_TRANSIENT_ERROR',
  'PROJECT_INACTIVE',
  'CHANNEL_NOT_ALLOWED',
  'DB_TRANSIENT_ERROR',
  'STAGE_DB_TRANSIENT_ERROR',
  'TRIGGER_DB_TRANSIENT_ERROR',
  'DB_CONFIG_ERROR',
  'DB_VALIDATION_ERROR',
  'DB_QUERY_ERROR',
  'DB_GET_ITEM_ERROR',
  'DB_UPDATE_ERROR',
  'STAGE_WRITE_ERROR',
  'TRIGGER_LOCK_WRITE_ERROR',
  'SQS_TRANSIENT_ERROR',
  'SQS_CONFIG_ERROR',
  'SQS_PARAMETER_ERROR',
  'SQS_SEND_ERROR',
  'APPEND_CONFLICT',
  'INTERNAL_ERROR',
  ...WORKER_CODES,
] as const;

export type RepliesCode = (typeof REPLIES_CODES)[number];

/** What can occur in the webhook. */
export type WebhookCode = Exclude<RepliesCode, (typeof WORKER_CODES)[number]>;

/** An error of the reply engine: `code` is one of the list, `errorClass` says what can be done. */
export class RepliesError extends HooklineError {
  override name = 'RepliesError';
  override readonly code: RepliesCode;

  constructor(code: RepliesCode, message: string, errorClass: ErrorClass, details: ErrorDetails = {}) {
    super(message, errorClass, { ...details, code });
    this.code = code;
  }
}

/** Which part of the data an AWS call was about: it names the code of a transient failure. */
export type TablePart = 'db' | 'stage' | 'trigger';

const TRANSIENT_CODES: Readonly<Record<TablePart, RepliesCode>> = {
  db: 'DB_TRANSIENT_ERROR',
  stage: 'STAGE_DB_TRANSIENT_ERROR',
  trigger: 'TRIGGER_DB_TRANSIENT_ERROR',
};

/**
 * A failed table call under the engine's code; `other` is the code of what is neither transient, nor a matter of
 * rights, nor a refused expression. Conditions and errors that are no AWS failure pass through.
 */
export function databaseError(error: unknown, part: TablePart, other: RepliesCode): unknown {
  if (!(error instanceof AwsCallError)) return error;
  const { errorClass, message } = error;
  if (errorClass === 'transient')
    return new RepliesError(TRANSIENT_CODES[part], message, errorClass, { cause: error });
  if (errorClass === 'hold')
    return new RepliesError(
      'DB_CONFIG_ERROR',
      `${message}: check the table's name and the function's rights`,
      errorClass,
      {
        cause: error,
      },
    );
  const code = error.code === 'ValidationException' ? 'DB_VALIDATION_ERROR' : other;
  return new RepliesError(code, message, errorClass, { cause: error });
}

const QUEUE_PARAMETERS = new Set<unknown>([
  'InvalidParameterValue',
  'InvalidParameterCombination',
  'InvalidMessageContents',
]);

/** A failed queue call under the engine's code. */
export function queueError(error: unknown): unknown {
  if (!(error instanceof AwsCallError)) return error;
  const { errorClass, message } = error;
  const refused = QUEUE_PARAMETERS.has(error.code) ? 'SQS_PARAMETER_ERROR' : 'SQS_SEND_ERROR';
  const code =
    errorClass === 'transient' ? 'SQS_TRANSIENT_ERROR' : errorClass === 'hold' ? 'SQS_CONFIG_ERROR' : refused;
  return new RepliesError(code, message, errorClass, { cause: error });
}
