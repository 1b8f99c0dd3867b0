import type { Clock } from './clock.ts';
import { AwsCallError, type ErrorClass } from './errors.ts';
import { retry } from './retry.ts';

/** The one method of an AWS SDK v3 client that hookline uses; fakes implement it command by command. */
export interface AwsClient {
  // biome-ignore lint/suspicious/noExplicitAny: the SDK types `send` by overloads that no single signature fits.
  send(command: any, options?: any): Promise<any>;
}

interface AwsErrorShape {
  name?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number };
}

const shapeOf = (error: unknown): AwsErrorShape => (error ?? {}) as AwsErrorShape;

/** The service's error code, for example `ConditionalCheckFailedException`. */
export const awsErrorName = (error: unknown): string => {
  const cause = error instanceof AwsCallError ? error.cause : error;
  return shapeOf(cause).name ?? 'UnknownError';
};

export const awsStatus = (error: unknown): number | undefined => {
  const cause = error instanceof AwsCallError ? error.cause : error;
  return shapeOf(cause).$metadata?.httpStatusCode;
};

const THROTTLES = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'RequestTimeout',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** Answers that say "no" in a way the caller understands; they are results, not failures. */
const CONDITIONS = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'NoSuchKey',
  'NotModified',
  'NotFound',
  '304',
  '404',
  '412',
]);

/** Refused for lack of rights or a missing resource: an operator can fix it. */
const HOLDS = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'ResourceNotFoundException',
  'NoSuchBucket',
  'ParameterNotFound',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'KMSAccessDeniedException',
]);

/**
 * Class of an AWS failure. All calls of hookline are safe to repeat (conditional, fenced, or deduplicated
 * by the ledger), so a lost answer counts as transient.
 */
export function classifyAwsError(error: unknown): ErrorClass {
  const { name = '' } = shapeOf(error);
  const status = awsStatus(error);
  if (THROTTLES.has(name)) return 'transient';
  if (HOLDS.has(name)) return 'hold';
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429)
    return 'permanent';
  return 'transient';
}

/** How long a call is repeated while it is throttled, lost or broken. */
export interface Patience {
  readonly maxAttempts: number;
  readonly maxDelayMillis: number;
}

/** Fits into an ingress's time limit. The SDK's own retries are off. */
export const SHORT: Patience = { maxAttempts: 3, maxDelayMillis: 400 };
/** About 5 s: for a mark without which a message would be sent again. */
export const LONG: Patience = { maxAttempts: 9, maxDelayMillis: 4000 };

/**
 * Sends one command, with retries of what was throttled, lost or broken. Conditions pass through untouched. The
 * service's own message is left out of the error: it may name keys, and these hold phone numbers.
 */
export async function callAws<T>(
  clock: Clock,
  service: string,
  call: () => Promise<T>,
  patience: Patience = SHORT,
): Promise<T> {
  const attempt = async () => {
    try {
      return await call();
    } catch (error) {
      const code = awsErrorName(error);
      if (CONDITIONS.has(code)) throw error;
      const status = awsStatus(error);
      const message = `${service}: ${code}${status === undefined ? '' : ` (${status})`}`;
      throw new AwsCallError(message, classifyAwsError(error), { cause: error, code });
    }
  };
  const retryable = (error: unknown) => error instanceof AwsCallError && error.errorClass === 'transient';
  return retry(attempt, { ...patience, clock, minDelayMillis: 50, retryable });
}
