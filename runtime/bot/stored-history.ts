import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { HistoryRow } from './agent.ts';
import { HistoryFile, type LedgerRow } from './history-file.ts';
import { safeId } from './job.ts';

/** A chat's history as it is stored, for somebody who looks at it. */
export interface StoredHistory {
  /** Where it stands; under an alias (contract bot §11.12) the key of the history that is shared. */
  readonly key: string;
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
  const key = `${prefix}/${safeId(chatId)}.sqlite`;
  const found = await objects.get(key);
  if (found.status !== 'found') return undefined;
  const content = openCopy(found.body, clock, (file) => ({
    rows: file.rows(rowLimit),
    ledger: file.ledgerRows(),
    state: file.allState(),
  }));
  return { key, body: found.body, ...content };
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
