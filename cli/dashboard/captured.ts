import { type CapturedEvent, readCaptured } from '../../runtime/bot/captured-events.ts';
import { readJson } from '../../runtime/core/json.ts';
import type { ObjectStore } from '../../runtime/core/object-store.ts';
import type { ObjectVersions } from '../../runtime/core/object-versions.ts';
import type { FailedPage, FailedView } from './views.ts';

export interface CapturedPlace {
  readonly objects: ObjectStore;
  readonly versions: Pick<ObjectVersions, 'list'>;
  /** Key prefix without slashes at its ends. */
  readonly prefix: string;
}

/** Only the newest are read. */
const MAX_READ = 200;
const AT_ONCE = 8;

/** The newest captured events since a time, newest first. Throws `AwsCallError`. */
export async function readFailed(
  place: CapturedPlace,
  sinceMillis: number,
  reason: string | undefined,
): Promise<FailedPage> {
  const listed = (await place.versions.list(folderOf(place)))
    .filter(({ changedAtMillis }) => changedAtMillis >= sinceMillis)
    .sort((a, b) => b.changedAtMillis - a.changedAtMillis);
  const newest = listed.slice(0, MAX_READ);
  const events: FailedView[] = [];
  for (let start = 0; start < newest.length; start += AT_ONCE) {
    const some = newest.slice(start, start + AT_ONCE);
    const read = await Promise.all(some.map(({ key }) => captured(place, key)));
    for (const event of read)
      if (event && (reason === undefined || event.reason === reason)) events.push(failedView(event));
  }
  return { events, total: listed.length, read: newest.length };
}

/** The object as it is stored; undefined for a key that is none of a captured event. */
export async function readFailedObject(place: CapturedPlace, key: string): Promise<unknown> {
  const folder = folderOf(place);
  // Nothing else of the bucket is shown: it holds token files too.
  if (!key.startsWith(folder) || !DATED.test(key.slice(folder.length))) return undefined;
  const found = await place.objects.get(key);
  return found.status === 'found' ? readJson(Buffer.from(found.body).toString('utf8')) : undefined;
}

const DATED = /^\d{4}\/\d\d\/\d\d\/[^/]+\/[^/]+\.json$/;

const folderOf = ({ prefix }: CapturedPlace) => (prefix === '' ? '' : `${prefix}/`);

async function captured({ objects }: CapturedPlace, key: string): Promise<CapturedEvent | undefined> {
  const found = await objects.get(key);
  return found.status === 'found' ? readCaptured(key, Buffer.from(found.body).toString('utf8')) : undefined;
}

const failedView = ({
  key,
  reason,
  error,
  capturedAt,
  eventId,
  chatId,
  part,
}: CapturedEvent): FailedView => ({
  key,
  reason,
  error,
  capturedAt,
  ...(eventId !== undefined && { eventId }),
  ...(chatId !== undefined && { chatId }),
  ...(part !== undefined && { part }),
});
