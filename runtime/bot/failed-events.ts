import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { safeId } from './job.ts';

export interface FailedEvent {
  /** One of contract bot §10: `bad_body`, `agent_failed`, `send_unclear`, … */
  readonly reason: string;
  readonly error: unknown;
  readonly provider: string;
  readonly eventId: string;
  /** What failed, complete enough to be replayed. */
  readonly event: unknown;
  /** Leaves an earlier record of the event as it is: that one may hold parts that were not sent. */
  readonly onlyFirst?: true;
}

/** Where undeliverable work is kept for an operator. Never throws; resolves to whether it was kept. */
export interface FailedEvents {
  capture(failed: FailedEvent, log: Log): Promise<boolean>;
}

export const noFailedEvents: FailedEvents = { capture: async () => false };

export interface FailedEventsOptions {
  /** Called on the first capture. */
  readonly openStore: () => Promise<ObjectStore>;
  /** Key prefix without slashes at its ends. */
  readonly prefix: string;
  readonly clock: Clock;
}

/** One object for each event: `<prefix>/YYYY/MM/DD/<provider>/<event id>.json`. A repetition replaces it. */
export function failedEventStore({ openStore, prefix, clock }: FailedEventsOptions): FailedEvents {
  return {
    async capture({ reason, error, provider, eventId, event, onlyFirst }, log) {
      const capturedAt = new Date(clock.nowMillis()).toISOString();
      const day = capturedAt.slice(0, 10).replaceAll('-', '/');
      const key = [prefix, day, safeId(provider), `${safeId(eventId)}.json`].filter(Boolean).join('/');
      const record = { reason, error: describeError(error), captured_at: capturedAt, event };
      try {
        const store = await openStore();
        const condition = onlyFirst && ({ ifAbsent: true } as const);
        await store.put(key, Buffer.from(JSON.stringify(record)), condition, 'application/json');
        log.warn('failed_event_captured', { reason });
        return true;
      } catch (failure) {
        log.error('failed_event_not_captured', { reason, error: describeError(failure) });
        return false;
      }
    },
  };
}
