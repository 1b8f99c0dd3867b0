import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { ObjectStore, PutCondition } from '../core/object-store.ts';
import { HistoryFile } from './history-file.ts';
import { safeId } from './job.ts';

/** A chat's history, fetched and open. `condition` is what must still hold when it is saved. */
export interface OpenHistory {
  readonly file: HistoryFile;
  readonly condition: PutCondition;
  /** Closes the file and removes the scratch copy: a container works for many chats, and its disk is small. */
  discard(): void;
}

/** Histories as objects, worked on in a scratch folder and saved by compare-and-swap. */
export interface HistoryStore {
  /** Fetches a chat's history; none yet is an empty one. */
  open(chatId: string): Promise<OpenHistory>;
  /** Closes the file and stores it; `conflict` when another writer was first (nothing stored). */
  save(chatId: string, history: OpenHistory): Promise<'stored' | 'conflict'>;
}

/** Copies kept in a warm worker's memory; each saves the transfer of one history. */
const WARM_COPIES = 32;
const WARM_COPY_MAX_BYTES = 1_048_576;

export function historyStore(
  objects: ObjectStore,
  clock: Clock,
  { prefix, tmpDir }: { readonly prefix: string; readonly tmpDir: string },
): HistoryStore {
  const warm = new Map<string, { readonly etag: string; readonly body: Uint8Array }>();
  const keyOf = (chatId: string) => `${prefix}/${safeId(chatId)}.sqlite`;
  const pathOf = (chatId: string) => join(tmpDir, 'history', `${safeId(chatId)}.sqlite`);

  const remember = (chatId: string, etag: string, body: Uint8Array) => {
    warm.delete(chatId);
    if (body.byteLength > WARM_COPY_MAX_BYTES) return;
    warm.set(chatId, { etag, body });
    const oldest = warm.keys().next().value;
    if (warm.size > WARM_COPIES && oldest !== undefined) warm.delete(oldest);
  };

  return {
    async open(chatId) {
      const copy = warm.get(chatId);
      const result = await objects.get(keyOf(chatId), copy?.etag);
      if (result.status === 'found') remember(chatId, result.etag, result.body);
      const current = result.status === 'unchanged' ? copy : result.status === 'found' ? result : undefined;
      const path = pathOf(chatId);
      writeScratch(path, current?.body ?? new Uint8Array());
      const condition = current ? { ifMatch: current.etag } : ({ ifAbsent: true } as const);
      const nowIso = new Date(clock.nowMillis()).toISOString().replace('Z', '+00:00');
      const file = openScratch(path, nowIso);
      const discard = () => {
        file.close();
        removeScratch(path);
      };
      return { file, condition, discard };
    },

    async save(chatId, { file, condition, discard }) {
      file.close();
      const body = readFileSync(pathOf(chatId));
      discard();
      const result = await objects.put(keyOf(chatId), body, condition, 'application/vnd.sqlite3');
      if (result.status === 'stored') remember(chatId, result.etag, body);
      return result.status;
    },
  };
}

/** Side files of a killed run would replace rows that were just fetched (contract bot §11.8). */
function removeScratch(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

function writeScratch(path: string, body: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  removeScratch(path);
  writeFileSync(path, body, { mode: 0o600 });
}

function openScratch(path: string, nowIso: string): HistoryFile {
  try {
    return HistoryFile.open(path, nowIso);
  } catch (error) {
    removeScratch(path);
    throw error;
  }
}
