import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BoundedMap } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import type { ObjectStore, PutCondition } from '../core/object-store.ts';
import { aliasBody, followAliases } from './history-alias.ts';
import { ARCHIVED, archiveBody, SQLITE_TYPE, withoutLedger } from './history-archive.ts';
import { HistoryFile, type StateChange } from './history-file.ts';
import { removeLeftovers, type ScratchFile, scratchFile } from './history-scratch.ts';
import { safeId } from './job.ts';

/** A chat's history, fetched and open. `condition` is what must still hold when it is saved. */
export interface OpenHistory {
  readonly file: HistoryFile;
  /** Where it is worked on: no other open has this path. */
  readonly path: string;
  /** Whose file this is: not the chat that was asked for when that one is an alias (contract bot §11.12). */
  readonly chatId: string;
  readonly condition: PutCondition;
  /** As it was fetched; undefined when there was none. */
  readonly body: Uint8Array | undefined;
  /** Closes the file and removes the scratch copy: a container works for many chats, and its disk is small. */
  discard(): void;
}

/** Histories as objects, worked on in a scratch folder and saved by compare-and-swap. */
export interface HistoryStore {
  /** Fetches a chat's history, under another id when the chat's own is an alias; none yet is an empty one. */
  open(chatId: string): Promise<OpenHistory>;
  /** Closes the file and stores it; `conflict` when another writer was first (nothing stored). */
  save(history: OpenHistory): Promise<'stored' | 'conflict'>;
  /** Makes a new id stand for an old one's history; `conflict` when something stands at the new id already. */
  alias(newId: string, oldId: string): Promise<'stored' | 'conflict'>;
  /** Copies a history of too many rows to the archive. The changes that then begin the file anew, or none. */
  archive(history: OpenHistory): Promise<readonly StateChange[]>;
}

/** Copies kept in a warm worker's memory; each saves the transfer of one history. */
const WARM_COPIES = 32;
const WARM_COPY_MAX_BYTES = 1_048_576;

export interface HistoryStoreOptions {
  /** Key prefix without slashes at its ends. */
  readonly prefix: string;
  readonly tmpDir: string;
  /** Rows from which a history is archived (contract bot §11.6); by default never. */
  readonly maxMessages?: number;
}

export function historyStore(
  objects: ObjectStore,
  clock: Clock,
  { prefix, tmpDir, maxMessages = Number.POSITIVE_INFINITY }: HistoryStoreOptions,
): HistoryStore {
  const keyOf = (chatId: string) => `${prefix}/${safeId(chatId)}.sqlite`;
  const warm = warmReader(objects, keyOf);
  const folder = join(tmpDir, 'history');
  let isSwept = false;

  return {
    async open(askedFor) {
      const { chatId, object: current } = await followAliases(askedFor, warm.read);
      if (!isSwept) removeLeftovers(folder);
      isSwept = true;
      const scratch = scratchFile(folder, current?.body ?? new Uint8Array());
      const condition = current ? { ifMatch: current.etag } : ({ ifAbsent: true } as const);
      const file = openScratch(scratch, nowIso(clock));
      const discard = () => {
        file.close();
        scratch.remove();
      };
      return { file, path: scratch.path, chatId, condition, body: current?.body, discard };
    },

    async save({ file, path, chatId, condition, discard }) {
      file.close();
      const body = readFileSync(path);
      discard();
      const result = await objects.put(keyOf(chatId), body, condition, SQLITE_TYPE);
      if (result.status === 'stored') warm.remember(chatId, result.etag, body);
      return result.status;
    },

    async alias(newId, oldId) {
      const result = await objects.put(
        keyOf(newId),
        aliasBody(oldId),
        { ifAbsent: true },
        'application/json',
      );
      return result.status;
    },

    async archive({ file, chatId, body }) {
      if (!body || file.rowCount() < maxMessages) return [];
      const copy = withoutLedger(body, folder);
      return archiveBody(objects, chatId, copy, file.state(ARCHIVED), nowIso(clock));
    },
  };
}

/** Reads objects, those that a warm worker remembers by asking whether they changed. */
function warmReader(objects: ObjectStore, keyOf: (chatId: string) => string) {
  const copies = new BoundedMap<string, { readonly etag: string; readonly body: Uint8Array }>(WARM_COPIES);
  const remember = (chatId: string, etag: string, body: Uint8Array) => {
    if (body.byteLength <= WARM_COPY_MAX_BYTES) copies.set(chatId, { etag, body });
    else copies.delete(chatId);
  };
  const read = async (chatId: string) => {
    const copy = copies.get(chatId);
    const result = await objects.get(keyOf(chatId), copy?.etag);
    if (result.status === 'found') remember(chatId, result.etag, result.body);
    return result.status === 'unchanged' ? copy : result.status === 'found' ? result : undefined;
  };
  return { read, remember };
}

const nowIso = (clock: Clock) => new Date(clock.nowMillis()).toISOString().replace('Z', '+00:00');

function openScratch({ path, remove }: ScratchFile, nowIso: string): HistoryFile {
  try {
    return HistoryFile.open(path, nowIso);
  } catch (error) {
    remove();
    throw error;
  }
}
