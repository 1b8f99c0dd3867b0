import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import { historyStore } from '../../runtime/bot/history-store.ts';
import { s3ObjectStore } from '../../runtime/core/object-store.ts';
import { deployedWorld } from './bot-world.ts';
import { hookline } from './capture.ts';

const CHAT = '12025550143';

/** A deployed bot whose user wrote some hours ago, and the command. */
async function sendWorld(hoursAgo = 1) {
  const world = deployedWorld();
  const { clock, s3, aws } = world;
  const provider = createGraphStandIn({ nowMillis: () => clock.nowMillis() });
  const tmp = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  onTestFinished(() => rmSync(tmp, { recursive: true, force: true }));
  const histories = historyStore(s3ObjectStore(s3, 'bucket', clock), clock, {
    prefix: 'history',
    tmpDir: tmp,
  });
  const history = await histories.open(CHAT);
  const sentAt = new Date(clock.nowMillis() - hoursAgo * 3_600_000).toISOString();
  const row = { eventId: 'wamid.1', userId: CHAT, sentAt, attempt: 'a', rule: 'agent', parts: [] };
  history.file.write({ clear: false, rows: [], ledger: [row] }, { nowSeconds: 1e9, forgetBeforeSeconds: 0 });
  await histories.save(history);
  const run = (...args: string[]) =>
    hookline(['bot', 'send', '--project', 'shop', ...args], { aws, fetch: provider.fetch });
  const rows = async () => {
    const opened = await histories.open(CHAT);
    const found = opened.file.rows(10).map(({ role, blocks }) => [role, blocks[0]?.content]);
    opened.discard();
    return found;
  };
  return { ...world, provider, run, rows };
}

const TEXT = ['--chat', CHAT, '--text', 'Your order is ready.', '--key', 'order-17'];

test('a text is sent once; the same key again says so and exits 1', async () => {
  const world = await sendWorld();
  expect(await world.run(...TEXT)).toEqual({
    exitCode: 0,
    out: `Sent 1 message to chat ${CHAT}.\n`,
    error: '',
  });
  expect(world.provider.sent).toMatchObject([{ chatId: CHAT, text: 'Your order is ready.' }]);
  expect(await world.rows()).toEqual([['sender', 'Your order is ready.']]);
  expect(await world.run(...TEXT)).toEqual({
    exitCode: 1,
    out: '',
    error: 'error: Nothing was sent: this key was used before.\n',
  });
  expect(world.provider.sent).toHaveLength(1);
});

test('the closed window is the reason, and nothing is sent', async () => {
  const world = await sendWorld(25);
  const { exitCode, out, error } = await world.run(...TEXT);
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(error).toMatch(/^error: Not sent \(window_closed\): the user has not written in the last 24 hours/);
  expect(world.provider.calls).toEqual([]);
});

test('a template with its parameters goes through the closed window', async () => {
  const world = await sendWorld(25);
  const template = [
    '--template',
    'order_ready',
    '--language',
    'en_US',
    '--param',
    '1=17',
    '--param',
    '2=a=b',
  ];
  expect(await world.run('--chat', CHAT, '--key', 'k', ...template)).toMatchObject({ exitCode: 0 });
  expect(world.provider.sent[0]?.body.template).toMatchObject({
    name: 'order_ready',
    language: { code: 'en_US' },
    components: [{ parameters: [{ text: '17' }, { text: 'a=b' }] }],
  });
});

test('--dry-run sends and stores nothing, and knows the closed window and the used key', async () => {
  const world = await sendWorld();
  const etag = world.s3.object(`history/${CHAT}.sqlite`)?.etag;
  const long = ['--chat', CHAT, '--text', 'word '.repeat(1000), '--key', 'order-17', '--dry-run'];
  expect(await world.run(...long)).toMatchObject({
    exitCode: 0,
    out: `Would send 2 messages to chat ${CHAT}.\n`,
  });
  expect(world.provider.calls).toEqual([]);
  expect(world.s3.object(`history/${CHAT}.sqlite`)?.etag).toBe(etag);
  expect([...world.dynamodb.items().keys()]).toEqual([]);
  await world.run(...TEXT);
  expect(await world.run(...TEXT, '--dry-run')).toMatchObject({ exitCode: 1 });
  const closed = await sendWorld(25);
  expect((await closed.run(...TEXT, '--dry-run')).error).toContain('window_closed');
});

test('an unclear send exits 1 and says what to do', async () => {
  const world = await sendWorld();
  world.provider.fail({ kind: 'lose-answer' });
  expect(await world.run(...TEXT)).toMatchObject({
    exitCode: 1,
    error: 'error: The message may or may not have arrived. Run the same command again in a minute.\n',
  });
});

test('--json is for scripts', async () => {
  const world = await sendWorld();
  expect(JSON.parse((await world.run(...TEXT, '--json')).out)).toEqual({ status: 'sent', parts: 1 });
});

test('a command line that says too little or too much does nothing', async () => {
  const world = await sendWorld();
  for (const [args, message] of [
    [['--text', 'x', '--key', 'k'], '--chat <id> is missing'],
    [['--chat', CHAT, '--text', 'x'], '--key <key> is missing'],
    [['--chat', CHAT, '--key', 'k'], 'give either --text'],
    [['--chat', CHAT, '--key', 'k', '--template', 'ready'], 'give either --text'],
    [[...TEXT, '--template', 'ready', '--language', 'en'], 'give either --text'],
    [[...TEXT, '--param', 'nonsense'], 'Write it as name=value.'],
  ] as const) {
    const { exitCode, error } = await world.run(...args);
    expect(exitCode).toBe(2);
    expect(error).toContain(message);
  }
  expect(world.provider.calls).toEqual([]);
});
