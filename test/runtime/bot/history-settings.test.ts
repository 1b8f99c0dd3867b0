import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFile } from '../../../runtime/bot/history-scratch.ts';
import { asynchronous, CHAT, context, queued, storedHistory, textJob, workerWorld } from './worker-world.ts';

type World = ReturnType<typeof workerWorld>;

const say = (world: World, text: string, eventId = `wamid.${text}`) =>
  world.worker(queued(textJob(text, eventId)), context());

test('the agent is given the newest HISTORY_PROMPT_MESSAGES rows, however many are stored', async () => {
  const seen: unknown[] = [];
  const world = workerWorld({
    policy: 'fifo',
    environment: { HISTORY_PROMPT_MESSAGES: '3' },
    agent: (turn, { history }) => {
      seen.push(history.read().map(({ blocks }) => blocks[0]?.content));
      return `re ${turn.text}`;
    },
  });
  for (const text of ['one', 'two', 'three']) await say(world, text);
  expect(seen).toEqual([[], ['one', 're one'], ['re one', 'two', 're two']]);
  const { history } = storedHistory(world.s3);
  expect(history.rowCount()).toBe(6);
  history.close();
});

test('what the platform sent is stored whole only with HISTORY_STORE_RAW', async () => {
  for (const raw of [false, true]) {
    const world = workerWorld({ policy: 'fifo', environment: { HISTORY_STORE_RAW: String(raw) } });
    await say(world, 'hello');
    const { history } = storedHistory(world.s3);
    const [row] = history.rows(9);
    history.close();
    const stored = row?.blocks[0]?.metadata?.user_message;
    expect(stored).toMatchObject({ channel: 'WhatsappBot', user_id: CHAT, message_type: 'text' });
    expect(stored).toHaveProperty('event_id', 'wamid.hello');
    if (raw) expect(stored).toMatchObject({ original_payload: expect.anything() });
    else expect(stored).not.toHaveProperty('original_payload');
  }
});

test('/clear makes the file small again', async () => {
  const world = workerWorld({ policy: 'fifo' });
  const bytes = () => world.s3.object(`history/${CHAT}.sqlite`)?.body.byteLength ?? 0;
  await say(world, 'one');
  const small = bytes();
  for (let turn = 0; turn < 5; turn++) await say(world, 'x'.repeat(20_000), `wamid.${turn}`);
  expect(bytes()).toBeGreaterThan(small + 100_000);
  await say(world, '/clear');
  expect(bytes()).toBeLessThanOrEqual(small);
});

/** A write-ahead log that SQLite would take: one row in place of all that the file holds. */
function staleLog(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-stale-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'old.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE message_history (id INTEGER PRIMARY KEY AUTOINCREMENT, msg_number INTEGER NOT NULL, role TEXT NOT NULL,
      content TEXT NOT NULL, type TEXT NOT NULL, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP);
    INSERT INTO message_history (msg_number, role, content, type) VALUES (1, 'user', '[]', 'user');`);
  const log = readFileSync(`${path}-wal`);
  database.close();
  return log;
}

/** Leaves a side file beside each of the next scratch copies. */
function leaveBesideNext(scratch: string, suffix: string, content: Uint8Array): void {
  const next = scratchFile(scratch, Buffer.from(''));
  next.remove();
  const number = Number(basename(next.path, '.sqlite'));
  for (let ahead = 1; ahead <= 20; ahead++)
    writeFileSync(join(dirname(next.path), `${number + ahead}.sqlite${suffix}`), content);
}

test('bot A37: the write-ahead log that a killed run left behind replaces no row that was fetched', async () => {
  const seen: unknown[] = [];
  const world = workerWorld({ agent: (_, { history }) => void seen.push(history.read().length) });
  for (const id of ['1', '2', '3']) await world.worker(asynchronous(textJob(id, `wamid.${id}`)), context());
  const scratch = join(world.tmp, 'history');
  mkdirSync(scratch, { recursive: true });
  const stale = staleLog();
  const copy = join(scratch, 'copy.sqlite');
  // It would do harm: beside a copy of the stored file it hides the three rows.
  writeFileSync(copy, world.s3.object(`history/${CHAT}.sqlite`)?.body ?? '');
  writeFileSync(`${copy}-wal`, stale);
  const harmed = new DatabaseSync(copy);
  expect(harmed.prepare('SELECT count(*) AS rows FROM message_history').get()).toEqual({ rows: 1 });
  harmed.close();
  leaveBesideNext(scratch, '-wal', stale);
  await world.worker(asynchronous(textJob('4', 'wamid.4')), context());
  expect(seen).toEqual([0, 1, 2, 3]);
});

test('histories, files and captured events stand under the prefixes that are set', async () => {
  const world = workerWorld({
    policy: 'fifo',
    environment: {
      HISTORY_S3_PREFIX: '/my/chats/',
      FILES_S3_PREFIX: '/my/files',
      FAILED_EVENTS_S3_PREFIX: 'my/failures/',
      PERSIST_FILES_S3: 'true',
    },
    agent: async (_, { files }) => {
      await files.save('note.txt', Buffer.from('note'));
      return 'x';
    },
  });
  world.provider.fail({ kind: 'refuse', code: 100 });
  await say(world, 'hello');
  expect(world.s3.keys().sort()).toEqual([
    `my/chats/${CHAT}.sqlite`,
    'my/failures/2026/11/21/whatsapp/wamid.hello.json',
    `my/files/${CHAT}/note.txt`,
  ]);
});
