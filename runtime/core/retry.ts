import type { Clock } from './clock.ts';
import { errorClassOf, HooklineError } from './errors.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** Tries in all, the first included. */
  readonly maxAttempts: number;
  /** Bounds of the jittered pause before a retry. */
  readonly minDelayMillis: number;
  readonly maxDelayMillis: number;
  /** No pause may end later than this; a retry that would is not made. */
  readonly deadlineMillis?: number;
  readonly signal?: AbortSignal;
  /** Which errors are worth another try; by default the `transient` ones. */
  readonly retryable?: (error: unknown) => boolean;
  readonly random?: () => number;
}

/** Full jitter between the bounds, doubling with each attempt; never shorter than what the provider asked. */
function pauseMillis(attempt: number, error: unknown, options: RetryOptions): number {
  const ceiling = Math.min(options.maxDelayMillis, options.minDelayMillis * 2 ** attempt);
  const random = options.random ?? Math.random;
  const jittered = options.minDelayMillis + random() * (ceiling - options.minDelayMillis);
  const asked = error instanceof HooklineError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(jittered, asked);
}

/** Runs `operation` until it succeeds, is not worth repeating, or the attempts or the time run out. */
export async function retry<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  const retryable = options.retryable ?? ((error) => errorClassOf(error) === 'transient');
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (attempt >= options.maxAttempts || !retryable(error)) throw error;
      const pause = pauseMillis(attempt, error, options);
      const end = options.clock.nowMillis() + pause;
      if (options.deadlineMillis !== undefined && end > options.deadlineMillis) throw error;
      await options.clock.sleep(pause, options.signal);
    }
  }
}
