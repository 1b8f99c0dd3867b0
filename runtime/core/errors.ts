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

/** Known to every copy of this file: a built agent carries one of its own. */
const BRAND = Symbol.for('hookline.error');

/**
 * Base of every error that hookline throws on purpose. `name` is a literal: minifiers rename classes.
 * `instanceof HooklineError` is true for those of another copy of hookline as well; of a subclass, only for its own.
 */
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

  get [BRAND](): true {
    return true;
  }

  static override [Symbol.hasInstance](this: unknown, value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this method, and are `this` in it then.
    const asked = this as typeof HooklineError;
    if (asked !== HooklineError) return Function.prototype[Symbol.hasInstance].call(asked, value);
    return typeof value === 'object' && value !== null && BRAND in value;
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

/**
 * One line for a log. Messages of errors that hookline did not write may quote what a user wrote, so of those
 * only the name and the place are shown.
 */
export function describeError(error: unknown): string {
  if (error instanceof HooklineError) return `${error.name}: ${error.message}`;
  if (!(error instanceof Error)) return typeof error;
  // A message of several lines may have one that looks like a place.
  const trace = error.stack?.replace(error.message, () => '');
  const place = trace?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return place ? `${error.name} ${place.trim()}` : error.name;
}

/** An error that may be logged by whoever catches it: Lambda prints the message of what a handler throws. */
export const loggableError = (error: unknown): HooklineError =>
  error instanceof HooklineError
    ? error
    : new HooklineError(describeError(error), 'transient', { cause: error });
