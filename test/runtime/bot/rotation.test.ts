import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { changeChatState } from '../../../runtime/bot/chat-state.ts';
import { HistoryFile } from '../../../runtime/bot/history-file.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { awsError } from '../../support/tap.ts';
import { CHAT, context, queued, storedHistory, storedTexts, textJob, workerWorld } from './worker-world.ts';

type World = ReturnType<typeof workerWorld>;

const limited = (maximum: number) =>
  workerWorld({ policy: 'fifo', environment: { HISTORY_MAX_MESSAGES: String(maximum) } });

const say = (world: World, ...words: string[]) =>
  words.reduce<Promise<unknown>>(
    (before, text) => before.then(() => world.worker(queued(textJob(text, `wamid.${text}`)), context())),
    Promise.resolve(),
  );

const archive = (sequence: string) => `archive/${CHAT}/${sequence}.sqlite`;

/** Texts of an object's rows. */
function textsAt(world: World, key: string): unknown[] {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-archive-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'copy.sqlite');
  writeFileSync(path, world.s3.object(key)?.body ?? '');
  const file = HistoryFile.open(path, '');
  const texts = file.rows(99).map((row) => row.blocks[0]?.content);
  file.close();
  return texts;
}

test('a history of the maximum of rows moves to the archive and begins anew; ledger and state pass on', async () => {
  const world = limited(4);
  const store = historyStore(s3ObjectStore(world.s3, 'bucket', world.clock), world.clock, {
    prefix: 'history',
    tmpDir: `${world.tmp}/other`,
  });
  await changeChatState(store, world.clock, CHAT, [{ key: 'spend_2026-11-21', set: '0.5' }]);
  await say(world, 'one', 'two');
  expect(world.s3.keys()).toEqual([`history/${CHAT}.sqlite`]);
  world.tap.clear();
  await say(world, 'three');
  expect(world.tap.calls).toEqual(['GetObject', 'PutObject', 'PutObject', 'send', 'UpdateItem']);
  expect(storedTexts(world.s3)).toEqual(['three', 'You said: three']);
  expect(textsAt(world, archive('000001'))).toEqual(['one', 'You said: one', 'two', 'You said: two']);
  const { history, object } = storedHistory(world.s3);
  expect(history.state('spend_2026-11-21')).toBe('0.5');
  expect(history.ledgerRow('wamid.one')?.rule).toBe('agent');
  history.close();
  // The ledger has passed on; a second copy would keep its replies and user ids.
  const archived = Buffer.from(world.s3.object(archive('000001'))?.body ?? []);
  expect(archived.includes('event_ledger')).toBe(false);
  // The archive holds them; the new file must not.
  expect(Buffer.from(object.body).includes('You said: one')).toBe(false);

  await say(world, 'one');
  expect(world.agentTurns).toEqual(['one', 'two', 'three']);
  await say(world, 'four', 'five');
  expect(textsAt(world, archive('000002'))).toEqual(['three', 'You said: three', 'four', 'You said: four']);
  expect(storedTexts(world.s3)).toEqual(['five', 'You said: five']);
});

test('a crash between archive and history loses nothing, and the repetition makes no second copy', async () => {
  const world = limited(2);
  await say(world, 'one');
  world.tap.before = (call) => {
    if (call.name === 'PutObject' && String(call.input.Key).startsWith('history/'))
      throw awsError('InternalError', 500);
  };
  await say(world, 'two');
  world.tap.before = undefined;
  expect(storedTexts(world.s3)).toEqual(['one', 'You said: one']);
  await say(world, 'two');
  expect(storedTexts(world.s3)).toEqual(['two', 'You said: two']);
  const keys = world.s3.keys().filter((key) => key.startsWith('archive/'));
  expect(keys).toEqual([archive('000001')]);
  expect(textsAt(world, archive('000001'))).toEqual(['one', 'You said: one']);
});

test('another file of that number in the archive is left alone; the next number is taken', async () => {
  const world = limited(2);
  const body = Buffer.from('of a history that was deleted since');
  world.s3.buckets.get('bucket')?.set(archive('000001'), { body, etag: '"x"', contentType: undefined });
  await say(world, 'one', 'two');
  expect(Buffer.from(world.s3.object(archive('000001'))?.body ?? [])).toEqual(body);
  expect(textsAt(world, archive('000002'))).toEqual(['one', 'You said: one']);
});

test('an archive that cannot be written costs no reply: the history goes on growing', async () => {
  const world = limited(2);
  world.tap.before = (call) => {
    if (String(call.input.Key).startsWith('archive/')) throw awsError('AccessDenied', 403);
  };
  await say(world, 'one', 'two');
  expect(world.provider.sent).toHaveLength(2);
  expect(storedTexts(world.s3)).toHaveLength(4);
  expect(world.lines.filter((line) => line.message === 'history_not_archived')).toHaveLength(1);
});

test('another writer between archive and history: the turn is merged into its rows, which are archived in turn', async () => {
  const world = limited(2);
  await say(world, 'one');
  let meanwhile = 0;
  const other = world.another({ environment: { HISTORY_MAX_MESSAGES: '99' } });
  world.tap.before = async (call) => {
    if (call.name !== 'PutObject' || !String(call.input.Key).startsWith('history/') || meanwhile++ > 0)
      return;
    await other.worker(queued(textJob('meanwhile', 'wamid.m')), context());
  };
  await say(world, 'two');
  expect(storedTexts(world.s3)).toEqual(['two', 'You said: two']);
  expect(textsAt(world, archive('000001'))).toEqual(['one', 'You said: one']);
  expect(textsAt(world, archive('000002'))).toEqual(
    ['one', 'meanwhile'].flatMap((text) => [text, `You said: ${text}`]),
  );
});

test('/clear archives nothing', async () => {
  const world = limited(2);
  await say(world, 'one', '/clear');
  expect(world.s3.keys()).toEqual([`history/${CHAT}.sqlite`]);
});
