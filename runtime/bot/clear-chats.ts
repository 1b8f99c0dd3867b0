import { type Clock, epochSeconds } from '../core/clock.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { ObjectVersions } from '../core/object-versions.ts';
import { changeHistory } from './chat-state.ts';
import type { BotPrefixes } from './config.ts';
import type { DeliveryTable } from './delivery.ts';
import { ARCHIVE_PREFIX } from './history-archive.ts';
import type { HistoryFile } from './history-file.ts';
import type { HistoryStore } from './history-store.ts';
import { chatOfKey, type Provider } from './job.ts';

/** What clearing a chat needs. */
export interface ClearPorts {
  readonly histories: HistoryStore;
  /** Tells which replies were delivered; without it none is kept. */
  readonly delivery: DeliveryTable | undefined;
  readonly provider: Provider;
  readonly clock: Clock;
}

/** What clearing all chats needs on top. */
export interface ClearAllPorts extends ClearPorts {
  readonly objects: Pick<ObjectStore, 'delete'>;
  readonly listing: Pick<ObjectVersions, 'keys'>;
  readonly prefixes: Pick<BotPrefixes, 'history' | 'files'>;
}

/**
 * Does to a chat what its `/clear` does: rows go, the ledger's ids stay, and so do the replies that are not yet
 * delivered. Throws when the history changed under every attempt.
 */
export const clearChat = (chatId: string, ports: ClearPorts): Promise<void> =>
  changeHistory(ports.histories, chatId, async (file) => {
    const stored = file.eventsWithReplies();
    file.forgetReplies(stored.length === 0 ? [] : await delivered(stored, ports));
    emptyRows(file, ports.clock);
  });

const delivered = async (eventIds: readonly string[], { delivery, provider }: ClearPorts) =>
  delivery ? delivery.doneAmong(provider, eventIds) : eventIds;

/** Leaves a chat nothing but the ids of its events, so that none of them is answered a second time. */
const resetChat = (chatId: string, { histories, clock }: ClearPorts): Promise<void> =>
  changeHistory(histories, chatId, (file) => {
    file.forgetReplies(file.eventsWithReplies());
    const keys = Object.keys(file.allState()).filter((key) => key !== 'created_at');
    emptyRows(
      file,
      clock,
      keys.map((key) => ({ key, set: null })),
    );
  });

function emptyRows(
  file: HistoryFile,
  clock: Clock,
  state: Parameters<HistoryFile['write']>[0]['state'] = [],
) {
  const times = { nowSeconds: epochSeconds(clock), forgetBeforeSeconds: 0 };
  file.write({ clear: true, rows: [], ledger: [], state }, times);
}

/** `/clear_all_users`: what `/clear` does, for each chat. */
export async function clearAllChats(ports: ClearAllPorts): Promise<void> {
  await forEach(await chatsOf(ports), (chat) => clearChat(chat, ports));
}

/** `/reset_system`: every chat keeps nothing but its ledger's ids; archives and kept files go. Token files stay. */
export async function resetAllChats(ports: ClearAllPorts): Promise<void> {
  await forEach(await chatsOf(ports), (chat) => resetChat(chat, ports));
  for (const prefix of [ARCHIVE_PREFIX, ports.prefixes.files])
    await forEach(await ports.listing.keys(`${prefix}/`), (key) => ports.objects.delete(key));
}

/** The chats that have a history. */
async function chatsOf({ listing, prefixes: { history } }: ClearAllPorts): Promise<readonly string[]> {
  const keys = await listing.keys(`${history}/`);
  return keys.flatMap((key) => chatOfKey(key, history) ?? []);
}

/** Ten at a time: one after another a thousand chats would outlast the function. */
const AT_ONCE = 10;

/** After a failure no new item begins, and those in work end first: nothing goes on behind a failed turn. */
async function forEach<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const errors: unknown[] = [];
  const worker = async () => {
    try {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
    } catch (error) {
      waiting.length = 0;
      errors.push(error);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (errors.length > 0) throw errors[0];
}
