import type { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS message_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  msg_number INTEGER NOT NULL,
  role TEXT NOT NULL,
  content TEXT NOT NULL,
  type TEXT NOT NULL,
  timestamp DATETIME DEFAULT CURRENT_TIMESTAMP,
  model TEXT
);
CREATE TABLE IF NOT EXISTS history_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS event_ledger (
  event_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  sent_at TEXT NOT NULL,
  attempt TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  rule TEXT NOT NULL,
  reply TEXT NOT NULL,
  v INTEGER NOT NULL
);`;

/** Makes the tables that are missing and brings those of the earlier library up to date (contract bot §11.1, §11.2). */
export function bringUpToDate(database: DatabaseSync, nowIso: string): void {
  database.exec(SCHEMA);
  const columns = new Set(
    database
      .prepare('PRAGMA table_info(message_history)')
      .all()
      .map((column) => column.name),
  );
  if (!columns.has('msg_number')) {
    database.exec('ALTER TABLE message_history ADD COLUMN msg_number INTEGER NOT NULL DEFAULT 0');
    database.exec('UPDATE message_history SET msg_number = id');
  }
  if (!columns.has('timestamp')) {
    database.exec('ALTER TABLE message_history ADD COLUMN timestamp DATETIME');
    database.exec('UPDATE message_history SET timestamp = CURRENT_TIMESTAMP');
  }
  if (!columns.has('model')) database.exec('ALTER TABLE message_history ADD COLUMN model TEXT');
  database
    .prepare(
      `INSERT OR IGNORE INTO history_metadata (key, value)
       SELECT 'created_at', coalesce((SELECT strftime('%Y-%m-%dT%H:%M:%S+00:00', min(timestamp)) FROM message_history), ?)`,
    )
    .run(nowIso);
  database.exec('PRAGMA user_version = 1');
}
