import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../runtime/core/clock.ts';
import { type BenchWorld, benchWorld, expectReplies } from './bot-world.ts';
import { type Section, table } from './section.ts';
import { interleaved, median, millis, percentile, ratio, timed } from './statistics.ts';

const ROUNDS = 300;
const EXCHANGES = 100;
const CHAT = '12025550143';

/** hookline's own time for a message: agent, platform and AWS answer at once. */
export async function turn(): Promise<Section> {
  const drop = benchWorld({ policy: 'drop', clock: systemClock });
  const fifo = benchWorld({ policy: 'fifo', clock: systemClock });
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-bench-'));
  try {
    for (const world of [drop, fifo])
      for (let index = 0; index < EXCHANGES; index++) await world.message(CHAT, `wamid.before-${index}`);
    const stored = fifo.s3.object(`history/${CHAT}.sqlite`)?.body;
    if (!stored) throw new Error('No history was stored.');
    let count = 0;
    const message = (world: BenchWorld) => () => timed(() => world.message(CHAT, `wamid.${count++}`));
    const times = await interleaved(ROUNDS, {
      fifo: message(fifo),
      drop: message(drop),
      front: () => timed(() => fifo.front(fifo.webhook(CHAT, `wamid.${count++}`))),
      floor: () => timed(async () => appendOnly(path.join(folder, 'floor.sqlite'), stored)),
    });
    for (const world of [drop, fifo]) expectReplies(world, EXCHANGES + ROUNDS);
    const floor = median(times.floor);
    const row = (name: string, values: readonly number[]) => [
      name,
      millis(median(values)),
      millis(percentile(values, 0.99)),
      (1000 / median(values)).toFixed(0),
      ratio(median(values), floor),
    ];
    return {
      title: 'Own time of a turn',
      body: [
        table(
          ['work', 'median', 'p99', 'per second', ': floor'],
          [
            row('message under fifo, both hops', times.fifo),
            row('message under drop, both hops', times.drop),
            row('front hop alone', times.front),
            row('floor: the history file alone', times.floor),
          ],
        ),
        `The real handlers on fakes that answer at once; the echo agent; a chat with ${EXCHANGES} exchanges (${Math.round(stored.length / 1000)} KB) that grows by one with each message; ${ROUNDS} messages of each kind in turn in one process. The floor is what no bot with this history can do without: write the file, open it, read 200 rows, add two, close it, read it again.`,
      ],
    };
  } finally {
    drop.close();
    fifo.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function appendOnly(file: string, stored: Uint8Array): void {
  writeFileSync(file, stored);
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF;');
  database.prepare('SELECT * FROM message_history ORDER BY msg_number DESC LIMIT 200').all();
  const insert = database.prepare(
    'INSERT INTO message_history (msg_number, role, content, type) VALUES (?, ?, ?, ?)',
  );
  database.exec('BEGIN');
  insert.run(1_000_000, 'user', '[]', 'user');
  insert.run(1_000_001, 'agent', '[]', 'agent');
  database.exec('COMMIT');
  database.close();
  readFileSync(file);
}
