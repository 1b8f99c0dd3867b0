import { expect, test } from 'vitest';
import { itemBytes, storedItem } from '../../../runtime/core/dynamodb-values.ts';
import type { JsonRecord } from '../../../runtime/core/json.ts';
import type { AwsCall } from '../../support/tap.ts';
import { CONVERSATION, recordR } from './records.ts';
import { TABLES } from './tables.ts';
import { RepliesWorld } from './world.ts';

const oldEntries = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => ({
    message_id: `old-${index}`,
    timestamp: '2026-11-21T09:00:00.000Z',
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: 'x'.repeat(bytes),
  }));

/** A message that comes in and is answered, and the writes that were its commit. */
async function turn(world: RepliesWorld, text = 'Hi') {
  world.tap.clear();
  await world.webhook({ text });
  world.clock.jump(10_000);
  expect((await world.runWorker())?.failures).toEqual([]);
  return world.tap.details.filter(({ name }) => name === 'TransactWriteItems');
}

const actions = ({ input }: AwsCall) =>
  (input.TransactItems as object[]).map((action) => Object.keys(action)[0]);
const size = (world: RepliesWorld) => itemBytes(world.conversation().item);

/** Message ids by entry number, over archive and record: none is missing, none is there twice. */
function everyEntry(world: RepliesWorld): string[] {
  const { archivedCount, entries } = world.conversation();
  const archived = world.blocks.flatMap((block) => block.entries as JsonRecord[]);
  const all = [
    ...archived.map((entry) => [Number(entry.entry_no), String(entry.message_id)] as const),
    ...entries.flatMap((entry, at) =>
      entry.isArchived ? [] : [[archivedCount + at, String(entry.messageId)] as const],
    ),
  ].sort(([a], [b]) => a - b);
  expect(all.map(([no]) => no)).toEqual(all.map((_, no) => no));
  return all.map(([, id]) => id);
}

test.each([
  ['1,900 small entries', 1900, 130],
  ['39 of 10 KB', 39, 10_000],
])(
  'replies 56: a record of 390 KB, %s, is made small by two turns, and nothing is lost',
  async (_name, count, bytes) => {
    const world = new RepliesWorld({ records: [recordR({ messages: oldEntries(count, bytes) })] });
    expect(size(world)).toBeGreaterThan(380 * 1024);
    const first = await turn(world);
    expect(first.map(actions)).toEqual([['Put', 'Update']]);
    expect(size(world)).toBeLessThan(128 * 1024);
    await turn(world);
    expect(size(world)).toBeLessThan(102_400);
    for (const block of world.dynamodb.items('conversations-archive').values())
      expect(itemBytes(block as never)).toBeLessThanOrEqual(300 * 1024);
    const ids = everyEntry(world);
    expect(ids.slice(0, count)).toEqual(oldEntries(count, 1).map(({ message_id }) => message_id));
    expect(ids).toHaveLength(count + 4);
    expect(world.twilio.messages).toHaveLength(2);
  },
);

test('replies 56: an entry that a person appended between read and commit makes the commit read once more', async () => {
  const world = new RepliesWorld({ records: [recordR({ messages: oldEntries(39, 9900) })] });
  world.killer.onCall = ({ service }) => {
    if (service !== 'model') return;
    world.killer.onCall = undefined;
    const { item, data } = world.conversation();
    const entry = { message_id: 'human', role: 'assistant', content: 'A person says' };
    world.dynamodb.seed(
      { ...item, ...recordMessages([...(data.messages as object[]), entry]) },
      'conversations',
    );
  };
  const commits = await turn(world);
  expect(commits.map(actions)).toEqual([
    ['Put', 'Update'],
    ['Put', 'Update'],
  ]);
  expect(everyEntry(world).slice(38, 41)).toEqual(['old-38', 'human', expect.stringMatching(/^SM/)]);
  expect(world.twilio.messages).toHaveLength(1);
});

const recordMessages = (messages: readonly object[]) => ({ messages: recordR({ messages }).messages! });

test('replies 56: a user entry of 30 KB is whole in the archive and begins inline', async () => {
  const world = new RepliesWorld();
  const text = `${'y'.repeat(1000)}${'z'.repeat(29_000)}`;
  expect((await turn(world, text)).map(actions)).toEqual([['Put', 'Update']]);
  expect(world.entries().map(({ content }) => content)).toEqual(['y'.repeat(1000), 'Hello']);
  expect(world.entries()[0]).toMatchObject({ archived: true, message_sids: [expect.any(String)] });
  expect(world.blocks).toMatchObject([{ entry_no: 0, entries: [{ entry_no: 0, content: text }] }]);
  expect(everyEntry(world)).toHaveLength(2);
});

test('replies 56: a block that is in the archive is never written over', async () => {
  const world = new RepliesWorld({ records: [recordR({ messages: oldEntries(39, 9900) })] });
  const key = { conversation_id: CONVERSATION, entry_no: 0 };
  world.dynamodb.seed(storedItem({ ...key, entries: [{ content: 'older' }] }), TABLES.archive);
  await world.webhook();
  world.clock.jump(10_000);
  expect((await world.runWorker())?.failures).toHaveLength(1);
  expect(world.blocks).toEqual([{ ...key, entries: [{ content: 'older' }] }]);
  expect(world.entries()).toHaveLength(39);
  expect(world.logs.of('turn_failed')).toMatchObject([{ rule: 'transient:APPEND_CONFLICT' }]);
});
