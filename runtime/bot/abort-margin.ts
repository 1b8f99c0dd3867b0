const MOST_MILLIS = 10_000;

/** An agent stops in time for an orderly end: 10 s before the deadline, or a third of the time if that is less (§7.5). */
export const abortMarginMillis = (remainingMillis: number): number =>
  Math.min(MOST_MILLIS, remainingMillis / 3);
