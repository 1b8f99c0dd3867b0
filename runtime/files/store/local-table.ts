import { ConfigError } from '../../core/errors.ts';
import type { JsonRecord } from '../../core/json.ts';

/** What stands at a key afterwards; undefined: nothing. */
export interface LocalChange<R> {
  readonly item: JsonRecord | undefined;
  readonly result: R;
}

/** Items by key on this machine, for `use_s3: false`: what conditional writes are elsewhere is one `change` here. */
export interface LocalTable {
  read(key: string): JsonRecord | undefined;
  /** Sees what stands there and says what shall; nobody else, in another process neither, comes between. */
  change<R>(key: string, decide: (item: JsonRecord | undefined) => LocalChange<R>): R;
  /** Items with this `state`. */
  inState(state: string): readonly JsonRecord[];
}

export interface LocalTables {
  readonly locks: LocalTable;
  readonly executions: LocalTable;
  close(): void;
}

/** How long a process waits for another that writes. */
const BUSY_MILLIS = 5000;
/** Name of the file beside the executions; no execution can have it. */
export const STATE_FILE = '.state.sqlite';

/** Opens, or makes, the file; `:memory:` for tables that end with the process. Throws `ConfigError` before Node 22.13. */
export async function openLocalTables(path: string): Promise<LocalTables> {
  const { DatabaseSync } = await import('node:sqlite').catch(() => {
    throw new ConfigError([
      'without use_s3, Node 22.13 or newer is needed: it keeps locks and records with node:sqlite',
    ]);
  });
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_MILLIS}`);
  const table = (name: string): LocalTable => {
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${name} (key TEXT PRIMARY KEY, item TEXT NOT NULL) WITHOUT ROWID`,
    );
    database.exec(`CREATE INDEX IF NOT EXISTS ${name}_state ON ${name} (item ->> '$.state')`);
    const select = database.prepare(`SELECT item FROM ${name} WHERE key = ?`);
    const put = database.prepare(`INSERT OR REPLACE INTO ${name} (key, item) VALUES (?, ?)`);
    const remove = database.prepare(`DELETE FROM ${name} WHERE key = ?`);
    const states = database.prepare(`SELECT item FROM ${name} WHERE item ->> '$.state' = ?`);
    const parsed = (row: unknown): JsonRecord => JSON.parse((row as { item: string }).item);
    const read = (key: string) => {
      const row = select.get(key);
      return row && parsed(row);
    };
    return {
      read,
      inState: (state) => states.all(state).map(parsed),
      change(key, decide) {
        database.exec('BEGIN IMMEDIATE');
        try {
          const { item, result } = decide(read(key));
          if (item) put.run(key, JSON.stringify(item));
          else remove.run(key);
          database.exec('COMMIT');
          return result;
        } catch (error) {
          database.exec('ROLLBACK');
          throw error;
        }
      },
    };
  };
  return { locks: table('locks'), executions: table('executions'), close: () => database.close() };
}
