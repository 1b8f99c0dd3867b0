import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { HistoryRow } from './agent.ts';
import { aliasesIn } from './chat-state.ts';
import { followAliases } from './history-alias.ts';
import { HistoryFile, type LedgerRow } from './history-file.ts';
import { safeId } from './job.ts';

/** A chat's history as it is stored, for somebody who looks at it. */
export interface StoredHistory {
  /** Where it stands; under an alias (contract bot §11.12) the key of the history that is shared. */
  readonly key: string;
  /** All ids under which it is found, the asked one first. */
  readonly chatIds: readonly string[];
  /** The database, to be kept as a file. */
  readonly body: Uint8Array;
  /** The newest rows, oldest first. */
  readonly rows: readonly HistoryRow[];
  readonly ledger: readonly (LedgerRow & { readonly decidedAtSeconds: number })[];
  /** `created_at`, `owner_until`, `spend_2026-11-26`, …: contract bot §11.11. */
  readonly state: Readonly<Record<string, string>>;
}

/** Reads a chat's history without changing it; undefined when it has none. Throws `AwsCallError`. */
export async function readStoredHistory(
  chatId: string,
  objects: ObjectStore,
  { prefix, rowLimit, clock }: { readonly prefix: string; readonly rowLimit: number; readonly clock: Clock },
): Promise<StoredHistory | undefined> {
  const keyOf = (id: string) => `${prefix}/${safeId(id)}.sqlite`;
  const { chatId: id, object } = await followAliases(chatId, async (asked) => {
    const found = await objects.get(keyOf(asked));
    return found.status === 'found' ? found : undefined;
  });
  if (!object) return undefined;
  const content = openCopy(object.body, clock, (file) => ({
    rows: file.rows(rowLimit),
    ledger: file.ledgerRows(),
    state: file.allState(),
  }));
  const chatIds = [...new Set([chatId, id, ...aliasesIn(content.state)])];
  return { key: keyOf(id), chatIds, body: object.body, ...content };
}

/** A copy is opened: opening brings an old schema up to date. */
function openCopy<T>(body: Uint8Array, clock: Clock, read: (file: HistoryFile) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-history-'));
  try {
    const path = join(folder, 'history.sqlite');
    writeFileSync(path, body, { mode: 0o600 });
    const file = HistoryFile.open(path, new Date(clock.nowMillis()).toISOString());
    try {
      return read(file);
    } finally {
      file.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
