export interface Backoff {
  readonly baseSeconds: number;
  readonly capSeconds: number;
}

/** Between two attempts of an execution (contract files §10). */
export const REDRIVE: Backoff = { baseSeconds: 30, capSeconds: 900 };
/** After this many failed attempts an execution is given up until an operator runs it again. */
export const MAX_ATTEMPTS = 5;

/** Full jitter: from 0 up to the base doubled with each attempt, at most the cap. `random` is from 0 to 1. */
export const backoffSeconds = (
  attempt: number,
  { baseSeconds, capSeconds }: Backoff,
  random: () => number = Math.random,
): number => random() * Math.min(capSeconds, baseSeconds * 2 ** Math.max(0, attempt));
