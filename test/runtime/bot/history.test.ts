import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { HistoryFile } from '../../../runtime/bot/history-file.ts';
import { asynchronous, CHAT, context, storedHistory, textJob, workerWorld } from './worker-world.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hookline-history-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A history as the original left it: WAL flag in the header, no `model` column, no metadata table. */
function originalHistory(): Uint8Array {
  const path = join(folder(), 'old.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE message_history (id INTEGER PRIMARY KEY AUTOINCREMENT, msg_number INTEGER NOT NULL, role TEXT NOT NULL,
      content TEXT NOT NULL, type TEXT NOT NULL, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP);
    INSERT INTO message_history (msg_number, role, content, type, timestamp)
      VALUES (1, 'user', '[{"type": "text", "content": "¿qué tal?"}]', 'user', '2025-03-01 09:00:00');
    PRAGMA wal_checkpoint(TRUNCATE);`);
  const bytes = readFileSync(path);
  database.close();
  expect([bytes[18], bytes[19]]).toEqual([2, 2]);
  return bytes;
}

test('bot A38: a file with the WAL flag, without model column and metadata, is opened, migrated and readable again', async () => {
  const world = workerWorld();
  const body = originalHistory();
  world.s3.buckets
    .get('bucket')
    ?.set(`history/${CHAT}.sqlite`, { body, etag: '"old"', contentType: undefined });
  await world.worker(asynchronous(textJob('bien')), context());
  const { path, object } = storedHistory(world.s3);
  expect([object.body[18], object.body[19]]).toEqual([1, 1]);
  const reader = new DatabaseSync(path, { readOnly: true });
  expect(reader.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  const rows = reader
    .prepare('SELECT id, msg_number, role, content, type, timestamp, model FROM message_history')
    .all();
  expect(rows.map((row) => [row.msg_number, row.role, row.model])).toEqual([
    [1, 'user', null],
    [2, 'user', null],
    [3, 'agent', null],
  ]);
  expect(String(rows[0]?.content)).toContain('¿qué tal?');
  expect(String(rows[1]?.content)).toContain('\n');
  expect(reader.prepare("SELECT value FROM history_metadata WHERE key = 'created_at'").get()).toEqual({
    value: '2025-03-01T09:00:00+00:00',
  });
  reader.close();
  const scratch = readdirSync(join(world.tmp, 'history'), { recursive: true, withFileTypes: true });
  expect(scratch.filter((entry) => entry.isFile())).toEqual([]);
});

test('bot A39: /clear leaves no row and no old text in the bytes; repeated, it is skipped and new rows stay', async () => {
  const world = workerWorld();
  await world.worker(asynchronous(textJob('the secret word', 'wamid.1')), context());
  await world.worker(asynchronous(textJob('/clear', 'wamid.2')), context());
  const cleared = storedHistory(world.s3);
  expect(cleared.history.rows(10)).toEqual([]);
  cleared.history.close();
  expect(Buffer.from(cleared.object.body).includes('secret')).toBe(false);
  await world.worker(asynchronous(textJob('a new start', 'wamid.3')), context());
  await world.worker(asynchronous(textJob('/clear', 'wamid.2')), context());
  const { history } = storedHistory(world.s3);
  expect(history.rows(10).map((row) => row.blocks[0]?.content)).toEqual([
    'a new start',
    'You said: a new start',
  ]);
  history.close();
});

test('a corrupted history is an error an operator can read, and the object is left as it is', async () => {
  const world = workerWorld();
  const body = Buffer.from('this is not a database, but it is what lies there');
  world.s3.buckets
    .get('bucket')
    ?.set(`history/${CHAT}.sqlite`, { body, etag: '"x"', contentType: undefined });
  await expect(world.worker(asynchronous(textJob('hello')), context())).rejects.toThrow(
    "The chat's history object is not a readable SQLite file; restore an earlier version of it",
  );
  expect(Buffer.from(world.s3.object(`history/${CHAT}.sqlite`)?.body ?? [])).toEqual(body);
  expect(world.lines.some((line) => line.level === 'CRITICAL')).toBe(true);
  expect(world.dynamodb.item(CHAT)).toBeUndefined();
  expect(world.provider.sent).toEqual([]);
});

test('a bucket that is not there is an error that names it, and the lock is free again', async () => {
  const world = workerWorld({ environment: { BUCKET_NAME: 'elsewhere' } });
  await expect(world.worker(asynchronous(textJob('hello')), context())).rejects.toThrow('NoSuchBucket');
  expect(world.dynamodb.item(CHAT)).toBeUndefined();
});

test('ledger rows leave the file when no provider redelivers them any more', () => {
  const path = join(folder(), 'history.sqlite');
  writeFileSync(path, '');
  const file = HistoryFile.open(path, '2026-11-21T10:00:00+00:00');
  const ledger = (eventId: string) => ({
    eventId,
    userId: 'u',
    sentAt: '',
    attempt: 'a',
    rule: 'agent',
    parts: [],
  });
  const write = (eventId: string, nowSeconds: number) =>
    file.write(
      { clear: false, rows: [], ledger: [ledger(eventId)] },
      { nowSeconds, forgetBeforeSeconds: nowSeconds - 100 },
    );
  write('old', 1000);
  write('young', 1100);
  expect(file.ledgerRow('old')).toBeDefined();
  write('new', 1101);
  expect(file.ledgerRow('old')).toBeUndefined();
  expect(file.ledgerRow('young')).toBeDefined();
  file.close();
});
