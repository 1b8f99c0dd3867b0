import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { HistoryChange, StateChange } from './history-file.ts';
import { scratchFile } from './history-scratch.ts';
import type { HistoryStore, OpenHistory } from './history-store.ts';
import { safeId } from './job.ts';

export const ARCHIVE_PREFIX = 'archive';
export const SQLITE_TYPE = 'application/vnd.sqlite3';

/** State key: the number of the last archived file. */
export const ARCHIVED = 'archived';

/** Numbers that are tried before the history is left to grow. */
const MAX_TRIES = 100;

export const archiveKey = (chatId: string, sequence: number): string =>
  `${ARCHIVE_PREFIX}/${safeId(chatId)}/${String(sequence).padStart(6, '0')}.sqlite`;

/** A history's rows and state, made in a scratch folder. The ledger passes on to the new file and is not kept twice. */
export function withoutLedger(body: Uint8Array, folder: string): Uint8Array {
  const scratch = scratchFile(folder, body);
  try {
    const database = new DatabaseSync(scratch.path);
    try {
      database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF;');
      database.exec('DROP TABLE IF EXISTS event_ledger; VACUUM;');
    } finally {
      database.close();
    }
    return readFileSync(scratch.path);
  } finally {
    scratch.remove();
  }
}

/**
 * Stores a history under the chat's next archive number, never over another file. A crash behind it leaves the
 * history as it was; the repetition finds its own copy. The changes that begin the history anew, or none when no
 * number is free.
 */
export async function archiveBody(
  objects: ObjectStore,
  chatId: string,
  body: Uint8Array,
  lastArchived: string | undefined,
  nowIso: string,
): Promise<readonly StateChange[]> {
  const first = Number(lastArchived ?? 0) + 1;
  for (let sequence = first; sequence < first + MAX_TRIES; sequence++) {
    const key = archiveKey(chatId, sequence);
    const { status } = await objects.put(key, body, { ifAbsent: true }, SQLITE_TYPE);
    if (status === 'stored' || (await holds(objects, key, body)))
      return [
        { key: ARCHIVED, set: String(sequence) },
        { key: 'created_at', set: nowIso },
      ];
  }
  return [];
}

/**
 * A change that also begins the history anew, when that has too many rows. A history that cannot be archived
 * goes on growing; no turn is lost to it.
 */
export async function withRotation(
  change: HistoryChange,
  history: OpenHistory,
  { histories, log }: { readonly histories: HistoryStore; readonly log: Log },
): Promise<HistoryChange> {
  if (change.clear) return change;
  try {
    const rotation = await histories.archive(history);
    return { ...change, clear: rotation.length > 0, state: [...(change.state ?? []), ...rotation] };
  } catch (error) {
    log.error('history_not_archived', { error: describeError(error) });
    return change;
  }
}

async function holds(objects: ObjectStore, key: string, body: Uint8Array): Promise<boolean> {
  const standing = await objects.get(key);
  return standing.status === 'found' && Buffer.from(standing.body).equals(body);
}
