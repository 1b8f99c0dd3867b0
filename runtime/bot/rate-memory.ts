import type { IncomingEvent } from '../channels/channel.ts';
import { BoundedMap } from '../core/bounded-map.ts';

/** The span in which a user's messages are counted (contract bot §6.7). */
export const RATE_WINDOW_MILLIS = 60_000;

const MAX_USERS = 1000;

interface Passed {
  readonly eventId: string;
  readonly sentMillis: number;
}

/**
 * What one container of the front hop remembers of who wrote how much, by the platform's times. Best effort:
 * other containers count for themselves, and the worker has the last word.
 */
export class RateMemory {
  private readonly users = new BoundedMap<string, readonly Passed[]>(MAX_USERS);

  /** Whether the message is within the limit; then it is counted. A redelivery gets the verdict of before. */
  passes({ userId, eventId, sentAt }: IncomingEvent, limitPerMinute: number): boolean {
    if (limitPerMinute === 0) return true;
    const sentMillis = Date.parse(sentAt);
    const passed = this.users.get(userId) ?? [];
    if (passed.some((earlier) => earlier.eventId === eventId)) return true;
    const after = passed.filter((earlier) => earlier.sentMillis > sentMillis - RATE_WINDOW_MILLIS);
    const before = after.filter((earlier) => earlier.sentMillis <= sentMillis);
    if (before.length >= limitPerMinute) return false;
    this.users.set(userId, [...after, { eventId, sentMillis }]);
    return true;
  }
}
