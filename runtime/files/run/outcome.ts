import { HooklineError } from '../../core/errors.ts';
import { FilesError } from '../errors.ts';
import type { EventProblem } from '../event/types.ts';
import type { FilesCode } from '../messages.ts';
import { LockLostError } from '../store/errors.ts';
import type { ExecutionState } from '../store/execution-record.ts';
import type { VerdictState } from '../store/execution-store.ts';

/** A result as JSON, with all that the processor told. */
export type StoredResult = Readonly<Record<string, unknown>>;

/** How a run ended; the handler makes a reply of it. */
export type RunOutcome =
  | {
      readonly kind: 'finished';
      readonly state: VerdictState;
      readonly result: StoredResult;
      /** It had been processed before; nothing was run. */
      readonly isReplay: boolean;
    }
  /** Somebody else is at it. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  /** The event is not of the record's present attempt. */
  | {
      readonly kind: 'superseded';
      readonly eventAttempt: number | undefined;
      readonly recordAttempt: number;
    }
  /** The event or the specification is wrong. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly problems: readonly object[] }
  /** It ended without a result. */
  | { readonly kind: 'ended'; readonly state: ExecutionState; readonly errorClass: string | undefined }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'handed-back' }
  | RunFailure;

export type RefusalCode = 'INVALID_EVENT' | 'SOURCE_NOT_ALLOWED' | 'SPEC_INVALID';

export interface RunFailure {
  readonly kind: 'failed';
  readonly code: FilesCode;
  readonly values: Readonly<Record<string, string | number>>;
  readonly errorId: string;
  readonly isRetryable: boolean;
  readonly error: unknown;
}

/** The event cannot be run as it is; nothing of it is retried. */
export class RefusedError extends FilesError {
  override name = 'RefusedError';
  constructor(
    readonly refusal: Exclude<RefusalCode, 'SPEC_INVALID'>,
    readonly problems: readonly EventProblem[],
  ) {
    super(refusal, 'permanent');
  }
}

export { SpecInvalidError } from '../process/spec-invalid.ts';

/** Why a run stopped although nothing went wrong; the reason of its signal. */
export class StoppedError extends HooklineError {
  override name = 'StoppedError';
  constructor(readonly why: 'cancelled' | 'drained') {
    super(`The run was ${why}.`, 'permanent');
  }
}

/** The record refused a write: it is another's now. The lock itself may not have noticed. */
export class FencedError extends LockLostError {
  override name = 'FencedError';
}
