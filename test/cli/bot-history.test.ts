import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { changeHistory } from '../../runtime/bot/chat-state.ts';
import { dynamoDelivery } from '../../runtime/bot/delivery.ts';
import { historyStore } from '../../runtime/bot/history-store.ts';
import { s3ObjectStore } from '../../runtime/core/object-store.ts';
import { storedHistory, storedTexts } from '../runtime/bot/worker-world.ts';
import { deployedWorld } from './bot-world.ts';
import { hookline } from './capture.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'hookline-cli-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A bot with a history of one exchange in each of these chats. */
async function worldWith(...chats: readonly string[]) {
  const world = deployedWorld();
  world.s3.keepVersions = true;
  const objects = s3ObjectStore(world.s3, 'bucket', world.clock);
  const histories = historyStore(objects, world.clock, { prefix: 'history', tmpDir: folder() });
  for (const chat of chats)
    await changeHistory(histories, chat, (file) =>
      file.write(
        {
          clear: false,
          rows: [
            { role: 'user', type: 'user', blocks: [{ type: 'text', content: `hello from ${chat}` }] },
            {
              role: 'agent',
              type: 'agent',
              blocks: [{ type: 'image', content: { kind: 'url' } }],
              model: 'a:b',
            },
          ],
          ledger: ['open', 'delivered'].map((event) => ({
            eventId: `${event}-${chat}`,
            userId: chat,
            sentAt: '2026-11-21T10:00:00.000Z',
            attempt: 'a',
            rule: 'agent',
            parts: [{ type: 'text', text: `reply to ${chat}` }],
          })),
        },
        { nowSeconds: 1_795_000_000, forgetBeforeSeconds: 0 },
      ),
    );
  return { ...world, histories };
}

test('bot A59: pull-history fetches the named chats once each, and ends with 1 when one is missing', async () => {
  const { run, s3 } = await worldWith('a', 'b', 'z');
  s3.tap.clear();
  const dest = folder();
  const { exitCode, out, error } = await run([
    'pull-history',
    '--project',
    'shop',
    '--user-id',
    'a',
    '--user-ids',
    ' b,c,a',
    '--dest',
    dest,
  ]);
  expect(exitCode).toBe(1);
  expect(error).toContain('No history of chat c.');
  expect(out.match(/a\.sqlite/g)).toHaveLength(1);
  expect(out.match(/b\.sqlite/g)).toHaveLength(1);
  expect(existsSync(path.join(dest, 'z.sqlite'))).toBe(false);
  const fetched = s3.tap.details.map(({ input }) => input.Key);
  expect(fetched).toEqual(['history/a.sqlite', 'history/b.sqlite', 'history/c.sqlite']);
  const pulled = new DatabaseSync(path.join(dest, 'b.sqlite'), { readOnly: true });
  expect(pulled.prepare('SELECT count(*) AS rows FROM message_history').get()).toEqual({ rows: 2 });
  pulled.close();
});

test('pull-history without a chat fetches all; --json writes rows, ledger and state', async () => {
  const { run } = await worldWith('a', 'ñ', 'c');
  const dest = folder();
  const { exitCode, out } = await run(['pull-history', '--project', 'shop', '--dest', dest, '--json']);
  expect(exitCode).toBe(0);
  expect(out.split('\n')).toHaveLength(4);
  const file = JSON.parse(readFileSync(path.join(dest, 'u_w7E.json'), 'utf8'));
  expect(file).toMatchObject({
    key: 'history/u_w7E.sqlite',
    rows: [{ role: 'user' }, { role: 'agent', model: 'a:b' }],
    ledger: [{ eventId: 'open-ñ' }, { eventId: 'delivered-ñ' }],
    state: { created_at: expect.any(String) },
  });
});

test('history show prints the conversation, oldest first', async () => {
  const { run } = await worldWith('a');
  const { exitCode, out } = await run(['history', 'show', '--project', 'shop', '--chat', 'a']);
  expect(exitCode).toBe(0);
  expect(out.split('\n').slice(0, 2)).toEqual([
    expect.stringMatching(/^2026-11-18 \S+ {2}user {2}hello from a$/),
    expect.stringMatching(/agent \(a:b\) {2}\[image\] \{"kind":"url"\}$/),
  ]);
  expect(out).toContain('history/a.sqlite: 2 rows; created_at');
  const missing = await run(['history', 'show', '--project', 'shop', '--chat', 'b']);
  expect(missing).toMatchObject({ exitCode: 1, error: expect.stringContaining('Chat b has no history.') });
});

test('history clear leaves the ids of all events, and the reply that was not delivered', async () => {
  const { run, s3, dynamodb, clock } = await worldWith('a');
  const key = { provider: 'whatsapp', eventId: 'delivered-a', chatId: 'a' };
  await dynamoDelivery(dynamodb, 'locks', clock, 1000).done(key, undefined);
  const { exitCode, error } = await run(['history', 'clear', '--project', 'shop', '--chat', 'a', '--yes']);
  expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
  const { history, object } = storedHistory(s3, 'a');
  expect(history.rows(10)).toEqual([]);
  expect(history.ledgerRows().map(({ eventId, parts }) => [eventId, parts.length])).toEqual([
    ['open-a', 1],
    ['delivered-a', 0],
  ]);
  expect(Buffer.from(object.body).includes('hello from a')).toBe(false);
  history.close();
});

test('history erase deletes every version, and says what it cannot reach', async () => {
  const { run, s3 } = await worldWith('a', 'b');
  const { exitCode, out } = await run(['history', 'erase', '--project', 'shop', '--chat', 'a', '--yes']);
  expect(exitCode).toBe(0);
  expect(out).toContain('history/a.sqlite');
  expect(out).toContain('Not reached:\n- messages of this chat');
  expect(s3.history.map(({ key }) => key)).toEqual(['history/b.sqlite']);
  expect(storedTexts(s3, 'b')[0]).toBe('hello from b');
});

test('what loses something asks first, and does nothing when nobody can answer or the answer is no', async () => {
  const { run, aws, s3 } = await worldWith('a');
  const args = ['history', 'erase', '--project', 'shop', '--chat', 'a'];
  expect(await run(args)).toMatchObject({ exitCode: 1, error: expect.stringContaining('--yes') });
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return '';
  };
  const refused = await hookline(['bot', ...args], { aws, ask });
  expect(refused).toMatchObject({ exitCode: 1, error: 'error: Nothing was changed.\n' });
  expect(questions[0]).toContain('Erase everything of chat a');
  expect(s3.keys()).toEqual(['history/a.sqlite']);
});

test('a chat that is not named is asked for, before anything is looked up', async () => {
  const { run } = deployedWorld();
  expect(await run(['history', 'clear'])).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('--chat <id> is missing'),
  });
});

test('takeover hands a chat to a person for a time, and --release gives it back', async () => {
  const { run, s3, clock } = await worldWith('a');
  const taken = await run(['takeover', 'a', '--project', 'shop', '--minutes', '30']);
  const until = new Date(clock.nowMillis() + 30 * 60_000).toISOString();
  expect(taken).toMatchObject({ exitCode: 0, out: expect.stringContaining(until) });
  const state = () => {
    const { history } = storedHistory(s3, 'a');
    const value = history.state('owner_until');
    history.close();
    return value;
  };
  expect(state()).toBe(until);
  expect(await run(['takeover', 'a', '--project', 'shop', '--release'])).toMatchObject({ exitCode: 0 });
  expect(state()).toBeUndefined();
  expect(await run(['takeover', 'a', '--minutes', '0'])).toMatchObject({ exitCode: 2 });
});
