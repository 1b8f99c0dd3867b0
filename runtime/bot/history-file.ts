import { DatabaseSync } from 'node:sqlite';
import type { OutgoingPart } from '../channels/channel.ts';
import { HooklineError } from '../core/errors.ts';
import type { Block, HistoryRow } from './agent.ts';
import { bringUpToDate } from './history-schema.ts';

/** A row to append; its number is given when it is written. */
export interface NewRow {
  readonly role: string;
  /** `user,agent,tool,process,iterator,developer`. */
  readonly type: string;
  readonly blocks: readonly Block[];
  readonly model?: string;
}

/** What decided an event and what will be sent for it (contract bot §7.3). */
export interface LedgerRow {
  readonly eventId: string;
  readonly userId: string;
  readonly sentAt: string;
  /** The owner that decided. */
  readonly attempt: string;
  readonly rule: string;
  readonly parts: readonly OutgoingPart[];
  /** The event that carries the reply of this one's turn (merge). */
  readonly carriedBy?: string;
}

/** A change of a chat's state, which stands in `history_metadata` (contract bot §11.11); null removes. */
export type StateChange =
  | { readonly key: string; readonly set: string | null }
  /** Sums survive two writers: the amount is added to what stands there when it is saved. */
  | { readonly key: string; readonly add: number };

/** What one save changes, whole or not at all. */
export interface HistoryChange {
  /** Empties the rows first. */
  readonly clear: boolean;
  readonly rows: readonly NewRow[];
  /** One a decided event. */
  readonly ledger: readonly LedgerRow[];
  readonly state?: readonly StateChange[];
}

/** Version of our own fields in ledger rows: release N reads what N-1 wrote. */
const LEDGER_VERSION = 1;

/** Rules of ledger rows that are no message of a user. */
const NOT_WRITTEN_BY_A_USER = "'sender', 'system', 'blocked'";

interface StoredRow {
  readonly msg_number: number;
  readonly role: string;
  readonly content: string;
  readonly type: string;
  readonly timestamp: string;
  readonly model: string | null;
}

/** One chat's history: a SQLite file of contract bot §11, opened in the scratch folder. */
export class HistoryFile {
  private constructor(private readonly database: DatabaseSync) {}

  /** Opens or makes the file and brings an older schema up to date. Throws when it is no SQLite file. */
  static open(path: string, nowIso: string): HistoryFile {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path);
      // Out of WAL mode first: what is stored must be one file without side files. The scratch copy needs no
      // fsync: S3 holds the truth. Deleted text must not survive in free pages.
      database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;');
      bringUpToDate(database, nowIso);
      return new HistoryFile(database);
    } catch (error) {
      database?.close();
      throw new HooklineError(
        "The chat's history object is not a readable SQLite file; restore an earlier version of it",
        'hold',
        {
          cause: error,
        },
      );
    }
  }

  /** The newest rows, oldest first. */
  rows(limit: number): HistoryRow[] {
    const newest = this.database
      .prepare(
        `SELECT msg_number, role, content, type, timestamp, model FROM message_history
         ORDER BY msg_number DESC, id DESC LIMIT ?`,
      )
      .all(limit) as unknown as StoredRow[];
    return newest.reverse().map((row) => ({
      msgNumber: row.msg_number,
      role: row.role,
      type: row.type,
      blocks: parseBlocks(row.content),
      timestamp: row.timestamp,
      model: row.model,
    }));
  }

  rowCount(): number {
    const row = this.database.prepare('SELECT count(*) AS rows FROM message_history').get();
    return Number(row?.rows ?? 0);
  }

  /**
   * When the user last wrote, by the platform's time (milliseconds since 1970): from the ledger, or from the
   * last user's row of a history that has none. Undefined when nobody ever did.
   */
  lastMessageMillis(): number | undefined {
    const decided = this.database
      .prepare(`SELECT max(sent_at) AS last FROM event_ledger WHERE rule NOT IN (${NOT_WRITTEN_BY_A_USER})`)
      .get();
    const row = this.database
      .prepare(
        `SELECT coalesce(json_extract(content, '$[0].metadata.user_message.timestamp'), timestamp || 'Z') AS last
         FROM message_history WHERE type = 'user' AND json_valid(content) ORDER BY msg_number DESC, id DESC LIMIT 1`,
      )
      .get();
    const times = [decided?.last, row?.last].map((time) => Date.parse(String(time)));
    const last = Math.max(...times.filter((time) => !Number.isNaN(time)));
    return Number.isFinite(last) ? last : undefined;
  }

  /** What was decided for an event, and by which attempt. */
  ledgerRow(eventId: string): LedgerRow | undefined {
    const row = this.database.prepare('SELECT * FROM event_ledger WHERE event_id = ?').get(eventId);
    if (!row) return undefined;
    return {
      eventId,
      userId: String(row.user_id),
      sentAt: String(row.sent_at),
      attempt: String(row.attempt),
      rule: String(row.rule),
      ...readReply(JSON.parse(String(row.reply))),
    };
  }

  /** How many messages of a user were decided that were sent after one time and not after another (milliseconds). */
  messagesBetween(userId: string, afterMillis: number, untilMillis: number): number {
    const row = this.database
      .prepare(
        `SELECT count(*) AS messages FROM event_ledger
         WHERE user_id = ? AND sent_at > ? AND sent_at <= ? AND rule NOT IN (${NOT_WRITTEN_BY_A_USER})`,
      )
      .get(userId, new Date(afterMillis).toISOString(), new Date(untilMillis).toISOString());
    return Number(row?.messages ?? 0);
  }

  /** Every event that was decided, oldest first. */
  ledgerRows(): (LedgerRow & { readonly decidedAtSeconds: number })[] {
    const rows = this.database
      .prepare('SELECT event_id, decided_at FROM event_ledger ORDER BY decided_at, rowid')
      .all();
    return rows.flatMap(({ event_id, decided_at }) => {
      const row = this.ledgerRow(String(event_id));
      return row ? [{ ...row, decidedAtSeconds: Number(decided_at) }] : [];
    });
  }

  /** All values of the chat's state. */
  allState(): Readonly<Record<string, string>> {
    const rows = this.database.prepare('SELECT key, value FROM history_metadata ORDER BY key').all();
    return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
  }

  /** A value of the chat's state; undefined when it is not set. */
  state(key: string): string | undefined {
    const row = this.database.prepare('SELECT value FROM history_metadata WHERE key = ?').get(key);
    return row === undefined ? undefined : String(row.value);
  }

  /** Notes that another attempt goes on with an event decided at `beforeSeconds` at the latest; false: it was later. */
  takeUp(
    eventId: string,
    attempt: string,
    { nowSeconds, beforeSeconds }: { readonly nowSeconds: number; readonly beforeSeconds: number },
  ): boolean {
    const { changes } = this.database
      .prepare('UPDATE event_ledger SET attempt = ?, decided_at = ? WHERE event_id = ? AND decided_at <= ?')
      .run(attempt, nowSeconds, eventId, beforeSeconds);
    return changes > 0;
  }

  /** Event ids whose replies are kept: they may not be known to be delivered yet. Those that name another event are none. */
  eventsWithReplies(): string[] {
    const rows = this.database
      .prepare("SELECT event_id FROM event_ledger WHERE reply LIKE '[%' AND reply <> '[]'")
      .all();
    return rows.map((row) => String(row.event_id));
  }

  /** Empties the replies of delivered events: a chat's texts need not stand twice. */
  forgetReplies(eventIds: readonly string[]): void {
    const update = this.database.prepare("UPDATE event_ledger SET reply = '[]' WHERE event_id = ?");
    for (const eventId of eventIds) update.run(eventId);
  }

  /** Appends rows and ledger rows and changes the state in one transaction, after an optional clearing of all rows. */
  write(change: HistoryChange, times: WriteTimes): void {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      if (change.clear) this.database.exec('DELETE FROM message_history');
      for (const row of change.rows) this.append(row, times.nowSeconds);
      this.database.prepare('DELETE FROM event_ledger WHERE decided_at < ?').run(times.forgetBeforeSeconds);
      for (const row of change.ledger) this.decide(row, times.nowSeconds);
      for (const item of change.state ?? []) this.changeState(item);
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
    if (change.clear) this.database.exec('VACUUM');
  }

  private append(row: NewRow, nowSeconds: number): void {
    this.database
      .prepare(
        `INSERT INTO message_history (msg_number, role, content, type, timestamp, model)
         VALUES ((SELECT coalesce(max(msg_number), 0) + 1 FROM message_history), ?, ?, ?, datetime(?, 'unixepoch'), ?)`,
      )
      .run(row.role, JSON.stringify(row.blocks, null, 2), row.type, nowSeconds, row.model ?? null);
  }

  private decide(row: LedgerRow, nowSeconds: number): void {
    this.database
      .prepare(
        'INSERT INTO event_ledger (event_id, user_id, sent_at, attempt, decided_at, rule, reply, v) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        row.eventId,
        row.userId,
        row.sentAt,
        row.attempt,
        nowSeconds,
        row.rule,
        JSON.stringify(row.carriedBy === undefined ? row.parts : { event: row.carriedBy }),
        LEDGER_VERSION,
      );
  }

  private changeState(change: StateChange): void {
    const { key } = change;
    const value = 'add' in change ? String(Number(this.state(key) ?? 0) + change.add) : change.set;
    if (value === null) this.database.prepare('DELETE FROM history_metadata WHERE key = ?').run(key);
    else
      this.database
        .prepare('INSERT OR REPLACE INTO history_metadata (key, value) VALUES (?, ?)')
        .run(key, value);
  }

  /** Closing twice is harmless. */
  close(): void {
    if (this.database.isOpen) this.database.close();
  }
}

export interface WriteTimes {
  readonly nowSeconds: number;
  /** Ledger rows decided before this leave the file: no provider redelivers after that. */
  readonly forgetBeforeSeconds: number;
}

/** A list of parts, or the id of the event that carries them. */
function readReply(value: unknown): Pick<LedgerRow, 'parts' | 'carriedBy'> {
  if (Array.isArray(value)) return { parts: value as OutgoingPart[] };
  return { parts: [], carriedBy: String((value as { readonly event?: unknown }).event) };
}

/** The original wrote lists of blocks; anything else is shown as one text. */
function parseBlocks(content: string): readonly Block[] {
  try {
    const value: unknown = JSON.parse(content);
    if (Array.isArray(value)) return value as Block[];
  } catch {
    // Not JSON: an old row of plain text.
  }
  return [{ type: 'text', content }];
}
