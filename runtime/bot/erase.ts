import { asRecord, asText } from '../core/json.ts';
import type { ObjectVersion, ObjectVersions } from '../core/object-versions.ts';
import type { BotPrefixes } from './config.ts';
import { ARCHIVE_PREFIX } from './history-archive.ts';
import { safeId } from './job.ts';

export const JOBS_PREFIX = 'jobs';

/** What an erasure deleted: the keys, and how many versions of each. */
export type Erased = ReadonlyMap<string, number>;

/** What no command of a bot's operator can delete (contract bot §15). */
export const OUT_OF_REACH = [
  'messages of this chat that lie in the queue or the dead-letter queue: until they are worked on or expire (14 days)',
  "log lines: they hold the chat's hash and no text, until the log group's retention ends",
  'delivery items of the lock table: event ids and no text, until they expire (8 days)',
  'what the platform keeps: the conversation on WhatsApp or Telegram itself',
] as const;

/**
 * Deletes every version of everything that a chat left in the bucket: history and its aliases, archive, files,
 * captured events, stored jobs. The histories go last, so that an interrupted run can be repeated whole.
 * `chats`: the chat's id, and every other id under which the same person's history is found. Throws
 * `AwsCallError`.
 */
export async function eraseChat(
  chats: readonly string[],
  objects: ObjectVersions,
  prefixes: BotPrefixes,
): Promise<Erased> {
  const ids = chats.map(safeId);
  const folders = ids.flatMap((id) => [`${ARCHIVE_PREFIX}/${id}/`, `${prefixes.files}/${id}/`]);
  const doomed: ObjectVersion[] = [];
  for (const folder of folders) doomed.push(...(await objects.versions(folder)));
  for (const prefix of [prefixes.failedEvents, JOBS_PREFIX])
    doomed.push(...(await mentioning(chats, `${prefix}/`, objects)));
  for (const id of ids) {
    const key = `${prefixes.history}/${id}.sqlite`;
    const versions = await objects.versions(key);
    doomed.push(...versions.filter((version) => version.key === key));
  }
  await objects.delete(doomed);
  const counts = new Map<string, number>();
  for (const { key } of doomed) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** All versions of the objects below a prefix of which one, at any time, was about one of the chats. */
async function mentioning(
  chats: readonly string[],
  prefix: string,
  objects: ObjectVersions,
): Promise<readonly ObjectVersion[]> {
  const versions = await objects.versions(prefix);
  const keys = new Set<string>();
  for (const version of versions) {
    if (version.isDeletion || keys.has(version.key)) continue;
    const body = await objects.read(version);
    if (body && isAbout(chats, Buffer.from(body).toString('utf8'))) keys.add(version.key);
  }
  return versions.filter(({ key }) => keys.has(key));
}

/** A stored job or a captured event. What names no chat, such as a body that was no JSON, is searched for the id. */
export function isAbout(chats: readonly string[], text: string): boolean {
  const object = asRecord(parsed(text));
  const event = 'event' in object ? object.event : object;
  const { chat_id, user_id } = asRecord(asRecord(event).maws_job ?? event);
  const named = [asText(chat_id), asText(user_id)].filter((id) => id !== undefined);
  if (named.length > 0) return named.some((id) => chats.includes(id));
  return chats.some((id) => new RegExp(`(?<![\\w.-])${escaped(id)}(?![\\w-])`).test(text));
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
