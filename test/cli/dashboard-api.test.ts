import { expect, test } from 'vitest';
import { historyStore } from '../../runtime/bot/history-store.ts';
import { s3ObjectStore } from '../../runtime/core/object-store.ts';
import { dashboardWorld, ORIGIN } from './dashboard-world.ts';

test('the page and its routes are answered, everything else is 404, and nothing may be framed or read by others', async () => {
  const { get, ask } = await dashboardWorld();
  for (const path of ['/', '/index.html']) expect((await get(path)).text).toBe('<title>page</title>');
  for (const path of ['/api/unknown', '/api', '/../package.json', '/api/state/x', '/%00', '/__proto__'])
    expect(await get(path)).toMatchObject({ status: 404, body: { error: 'not found' } });
  expect((await ask('PUT', '/api/state')).status).toBe(404);
  const { headers } = await get('/api/site');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('cache-control')).toBe('no-store');
});

test('the state has the project, the bot and the last rows of each chat, as many as are asked for', async () => {
  const { say, get } = await dashboardWorld();
  await say('15550101', 'one', 'wamid.1');
  await say('15550101', 'two', 'wamid.2');
  const { status, body } = await get('/api/state?history_limit=1');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    project_name: 'p',
    has_config: false,
    load_error: null,
    bot: { name: 'shop', provider: 'whatsapp', busyPolicy: 'fifo' },
    histories: [{ user: '15550101', rows: 4, shown: [{ role: 'agent' }] }],
  });
  for (const limit of ['0', '-1', 'x', '1.5', '', '10001'])
    expect((await get(`/api/state?history_limit=${limit}`)).status, limit).toBe(400);
});

test('a history that cannot be read takes nothing from the others', async () => {
  const { say, get, s3 } = await dashboardWorld();
  await say('15550101', 'one', 'wamid.1');
  const body = Buffer.from('this is no SQLite file at all. '.repeat(50));
  s3.buckets.get('bucket')?.set('history/15550102.sqlite', { body, etag: '"x"', contentType: undefined });
  const { body: state } = await get('/api/state');
  expect(state.histories).toEqual([
    expect.objectContaining({ user: '15550101', rows: 2 }),
    { user: '15550102', error: expect.stringContaining('not a readable SQLite file') },
  ]);
  const { body: page } = await get('/api/chats');
  expect(page.chats[1]).toMatchObject({ chatId: '15550102', error: expect.stringContaining('SQLite') });
});

test('only the chats of the page are read, newest first, and unchanged ones not again', async () => {
  const { say, get, s3, clock } = await dashboardWorld();
  for (let index = 10; index < 15; index++) {
    await say(`155501${index}`, 'hello', `wamid.${index}`);
    clock.jump(60_000);
  }
  s3.tap.clear();
  const { body } = await get('/api/chats?limit=2&offset=1');
  expect(body).toMatchObject({
    total: 5,
    offset: 1,
    chats: [{ chatId: '15550113' }, { chatId: '15550112' }],
  });
  const fetched = () =>
    s3.tap.details.filter(({ name }) => name === 'GetObject').map(({ input }) => input.Key);
  expect(fetched()).toEqual(['history/15550113.sqlite', 'history/15550112.sqlite']);
  await get('/api/chats?limit=2&offset=1');
  expect(fetched()).toHaveLength(2);
  await say('15550112', 'again', 'wamid.99');
  s3.tap.clear();
  expect((await get('/api/chats?limit=2')).body.chats).toMatchObject([
    { chatId: '15550112', content: { rows: 4 } },
    { chatId: '15550114', content: { rows: 2 } },
  ]);
  const found = await get('/api/chats?search=50112');
  expect(found.body).toMatchObject({ total: 1, chats: [{ chatId: '15550112' }] });
  expect((await get('/api/chats?limit=51')).status).toBe(400);
  expect((await get('/api/chats?offset=-1')).status).toBe(400);
});

test('a change must be JSON of the page itself', async () => {
  const { post, say, get } = await dashboardWorld();
  await say('15550101', 'one', 'wamid.1');
  const change = { chat: '15550101', minutes: 5 };
  const refused = [
    [415, change, { 'content-type': 'text/plain' }],
    [415, change, { 'content-type': 'application/x-www-form-urlencoded' }],
    [403, change, { origin: 'https://evil.example' }],
    [403, change, { origin: 'null' }],
    [403, change, { origin: `${ORIGIN}1` }],
    [403, change, { origin: 'https://127.0.0.1:8765' }],
    [400, '{"chat":', {}],
    [400, '[1]', {}],
    [413, JSON.stringify({ chat: 'x'.repeat(70_000) }), {}],
    [400, { chat: 7 }, {}],
    [400, { chat: '' }, {}],
    [400, { chat: '15550101', minutes: 0 }, {}],
    [400, { chat: '15550101', minutes: 99_999 }, {}],
  ] as const;
  for (const [status, body, headers] of refused)
    expect((await post('/api/takeover', body, headers)).status, JSON.stringify(headers)).toBe(status);
  expect((await get('/api/conversation?chat=15550101')).body.ownerUntil).toBeUndefined();
});

test('without --write nothing changes, and reading and replaying go on', async () => {
  const { post, say, get, s3, platform } = await dashboardWorld({ isWritable: false });
  await say('15550101', 'one', 'wamid.1');
  const before = s3.object('history/15550101.sqlite')?.etag;
  const sent = platform.calls.length;
  for (const path of ['takeover', 'release', 'answer', 'failed/replay', 'failed/resolve', 'redrive'])
    expect(
      await post(`/api/${path}`, {
        chat: '15550101',
        text: 'x',
        key: 'k',
        event: 'wamid.1',
        verdict: 'sent',
      }),
    ).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('--write') },
    });
  expect(s3.object('history/15550101.sqlite')?.etag).toBe(before);
  expect(platform.calls).toHaveLength(sent);
  expect((await get('/api/site')).body.isWritable).toBe(false);
  const replay = await post('/api/replay', { chat: '15550101', event: 'wamid.1' });
  expect(replay.body).toMatchObject({ isEqual: true, agent: 'recorded' });
});

test('ids of any kind are only looked up', async () => {
  const { get } = await dashboardWorld();
  for (const id of ['../../secrets/token', 'a b', "'; DROP TABLE", '<script>', 'ñ', '%2e%2e', '..']) {
    const answer = await get(`/api/conversation?chat=${encodeURIComponent(id)}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/json');
  }
  expect((await get('/api/conversation')).status).toBe(400);
  expect((await get(`/api/conversation?chat=${'x'.repeat(600)}`)).status).toBe(400);
  expect((await get('/api/site?bot=nobody')).status).toBe(400);
  expect((await get('/api/trace?id=x&since=yesterday')).status).toBe(400);
});

test('an export is a file with all that is stored, or with what was said', async () => {
  const { say, get } = await dashboardWorld();
  await say('15550101', '# not a heading <b>', 'wamid.1');
  const whole = await get('/api/export?chat=15550101&format=json');
  expect(whole.headers.get('content-disposition')).toBe('attachment; filename="15550101.json"');
  expect(whole.body).toMatchObject({
    chat_id: '15550101',
    key: 'history/15550101.sqlite',
    rows: [{ role: 'user' }, { role: 'agent' }],
    ledger: [{ eventId: 'wamid.1', rule: 'agent' }],
    state: { created_at: expect.any(String) },
  });
  const said = await get('/api/export?chat=15550101&format=md');
  expect(said.headers.get('content-type')).toContain('text/markdown');
  expect(said.text).toContain('# Chat 15550101');
  expect(said.text).toContain('> \\# not a heading \\<b\\>');
  expect((await get('/api/export?chat=15550101&format=exe')).status).toBe(400);
  const odd = await get('/api/export?chat=a%22%0d%0ab&format=md');
  expect(odd.status).toBe(404);
});

test('another id of a chat is no chat of its own: it is found by a search, and counted once', async () => {
  const { say, get, s3, clock } = await dashboardWorld();
  await say('15550101', 'one', 'wamid.1');
  const histories = historyStore(s3ObjectStore(s3, 'bucket', clock), clock, {
    prefix: 'history',
    tmpDir: '/unused',
  });
  await histories.alias('US.77', '15550101');
  const all = await get('/api/chats');
  expect(all.body).toMatchObject({ total: 1, chats: [{ chatId: '15550101' }] });
  const found = await get('/api/chats?search=US.77');
  expect(found.body.chats).toEqual([expect.objectContaining({ chatId: 'US.77', aliasOf: '15550101' })]);
  expect(found.body.chats[0].content).toBeUndefined();
  const { body } = await get('/api/conversation?chat=US.77');
  expect(body).toMatchObject({ chatId: 'US.77', aliases: ['15550101'], rows: 2 });
});
