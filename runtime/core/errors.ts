/**
 * What can be done about a failure (design §3):
 * - `transient`: it was not done; trying again helps.
 * - `hold`: it was not done; an operator can fix the cause (an expired token), then a retry helps.
 * - `permanent`: it was not done and never will be; tell the user or a person.
 * - `unclear`: it may have been done; ask the provider, then apply the policy. Never repeat blindly.
 */
export type ErrorClass = 'transient' | 'hold' | 'permanent' | 'unclear';

export interface ErrorDetails extends ErrorOptions {
  /** The provider's own code, for logs and troubleshooting (`131056`, `ThrottlingException`, `429`). */
  readonly code?: string | number;
  /** How long the provider asked to wait, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** Base of every error that hookline throws on purpose. `name` is a literal: minifiers rename classes. */
export class HooklineError extends Error {
  override name = 'HooklineError';
  readonly code: string | number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    readonly errorClass: ErrorClass,
    { code, retryAfterSeconds, ...options }: ErrorDetails = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A provider refused or did not answer a send. `errorClass` says what to do. */
export class SendError extends HooklineError {
  override name = 'SendError';
}

/** An AWS call failed after its retries. */
export class AwsCallError extends HooklineError {
  override name = 'AwsCallError';
}

/** The settings or the environment are wrong; `faults` lists every problem at once. Retrying cannot help. */
export class ConfigError extends HooklineError {
  override name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`Configuration faults: ${faults.join('; ')}`, 'hold');
  }
}

/** Another worker owns this event or this record now; nothing more may be written or sent for it here. */
export class ClaimLostError extends HooklineError {
  override name = 'ClaimLostError';
  constructor(message: string, details?: ErrorDetails) {
    super(message, 'transient', details);
  }
}

/** The class of any thrown value; what hookline did not classify is `transient`: a retry finds out. */
export const errorClassOf = (error: unknown): ErrorClass =>
  error instanceof HooklineError ? error.errorClass : 'transient';

/** One line for a log: name and message of an error, without its stack. */
export const describeError = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
