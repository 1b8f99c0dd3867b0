import { errorClassOf, HooklineError } from '../core/errors.ts';

const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 600;
/** The share of a pause that chance may take off, so that what failed together does not come back together. */
const JITTER = 0.2;
/** Twilio's list shows a message by then, and most callbacks have come (contract replies §12.5). */
const SETTLE_SECONDS = 60;

export interface Attempt {
  /** How often the queue delivered the trigger, this time included. */
  readonly receives: number;
  readonly nowMillis: number;
  /** 0 to 1. */
  readonly random: number;
  /** When the send with an unclear outcome began. */
  readonly unclearSinceMillis?: number | undefined;
}

/** When reconciliation with Twilio may begin, milliseconds since 1970. */
export const settledAtMillis = (sendStartedMillis: number): number =>
  sendStartedMillis + SETTLE_SECONDS * 1000;

/**
 * How long a trigger that failed stays away, in seconds: 30, 60, 120 ... 600 by the receive, longer where the
 * provider asked for it, but never longer than 600; after an unclear send until Twilio can be asked (contract replies §3.4, §12.5).
 */
export function retryDelaySeconds(error: unknown, attempt: Attempt): number {
  const { receives, nowMillis, random, unclearSinceMillis } = attempt;
  if (errorClassOf(error) === 'unclear' && unclearSinceMillis !== undefined)
    return Math.max(1, Math.ceil((settledAtMillis(unclearSinceMillis) - nowMillis) / 1000));
  const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (receives - 1));
  const asked = error instanceof HooklineError ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.min(LONGEST_PAUSE_SECONDS, Math.ceil(Math.max(pause * (1 - JITTER * random), asked)));
}
