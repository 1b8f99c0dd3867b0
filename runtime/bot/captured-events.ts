import type { Clock } from '../core/clock.ts';
import { asList, asRecord, asText, readJson } from '../core/json.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { ObjectVersions } from '../core/object-versions.ts';
import { type Job, safeId } from './job.ts';

/** An object under `failed-events/`, read back (contract bot §10). */
export interface CapturedEvent {
  readonly key: string;
  readonly reason: string;
  readonly error: string;
  /** ISO 8601. */
  readonly capturedAt: string;
  readonly provider: string;
  /** The event that it is about; undefined when the object does not say (`bad_body`). */
  readonly eventId: string | undefined;
  readonly chatId: string | undefined;
  /** The part of the reply that it is about. */
  readonly part: number | undefined;
  /** Parts that were not sent, this one among them. */
  readonly unsent: number;
  /** The job that can be given back; absent when what was captured is none. */
  readonly job: Job | undefined;
  readonly event: unknown;
}

export interface CapturedEvents {
  /** Captured since then (milliseconds since 1970), oldest day first. Throws `AwsCallError`. */
  since(millis: number): AsyncGenerator<CapturedEvent>;
  /** What was captured under this id: an event's, or for `status_failed` our message's. */
  of(id: string, sinceMillis: number): Promise<readonly CapturedEvent[]>;
  /** Takes an object away, once its work was given back. */
  remove(key: string): Promise<void>;
}

export interface CapturedEventsOptions {
  readonly objects: ObjectStore;
  readonly versions: Pick<ObjectVersions, 'keys'>;
  /** Key prefix without slashes at its ends. */
  readonly prefix: string;
  readonly provider: string;
  readonly clock: Clock;
}

const DAY_MILLIS = 86_400_000;

/** The captured events of a bot, for its operator. */
export function capturedEvents(options: CapturedEventsOptions): CapturedEvents {
  const { objects, versions, prefix, provider, clock } = options;
  const folderOf = (day: string) => `${prefix && `${prefix}/`}${day}/${safeId(provider)}/`;
  const read = async (key: string): Promise<CapturedEvent | undefined> => {
    const found = await objects.get(key);
    return found.status === 'found' ? readCaptured(key, Buffer.from(found.body).toString()) : undefined;
  };
  return {
    async *since(millis) {
      for (const day of daysSince(millis, clock.nowMillis()))
        for (const key of await versions.keys(folderOf(day))) {
          const captured = await read(key);
          if (captured && Date.parse(captured.capturedAt) >= millis) yield captured;
        }
    },
    async of(id, sinceMillis) {
      const keys = daysSince(sinceMillis, clock.nowMillis()).map(
        (day) => `${folderOf(day)}${safeId(id)}.json`,
      );
      const found: CapturedEvent[] = [];
      for (const key of keys) {
        const captured = await read(key);
        if (captured) found.push(captured);
      }
      return found;
    },
    remove: (key) => objects.delete(key),
  };
}

/** The days from one moment to another as they stand in keys, `YYYY/MM/DD`. */
function daysSince(fromMillis: number, toMillis: number): string[] {
  const days: string[] = [];
  const first = Math.floor(fromMillis / DAY_MILLIS) * DAY_MILLIS;
  for (let day = first; day <= toMillis; day += DAY_MILLIS)
    days.push(new Date(day).toISOString().slice(0, 10).replaceAll('-', '/'));
  return days;
}

/** What an object says; undefined when it is no captured event. */
export function readCaptured(key: string, text: string): CapturedEvent | undefined {
  const record = asRecord(readJson(text));
  const reason = asText(record.reason);
  if (reason === undefined) return undefined;
  const event = asRecord(record.event);
  const job = 'maws_job' in event ? (event.maws_job as Job) : undefined;
  const origin = /^(.+)#(\d+)$/.exec(asText(event.biz_opaque_callback_data) ?? '');
  return {
    key,
    reason,
    error: asText(record.error) ?? '',
    capturedAt: asText(record.captured_at) ?? '',
    provider: key.split('/').at(-2) ?? '',
    eventId: job?.event_id ?? origin?.[1],
    chatId: job?.chat_id ?? asText(event.recipient_id),
    part: typeof event.part === 'number' ? event.part : origin ? Number(origin[2]) : undefined,
    unsent: asList(event.unsent).length,
    job,
    event: record.event,
  };
}
