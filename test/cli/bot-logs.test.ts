import { expect, test } from 'vitest';
import { keyedHash } from '../../runtime/core/log.ts';
import { jointWorld } from '../runtime/bot/joint-world.ts';
import { FakeLogs } from '../support/fake-logs.ts';
import { hookline } from './capture.ts';

const CHAT = '12025550107';
const WORKER = '/aws/lambda/shop-worker';

async function answered(provider: 'whatsapp' | 'telegram' = 'whatsapp') {
  const world = jointWorld({ policy: 'fifo', provider, environment: { LOG_HASH_KEY: 'key' } });
  const post = async (chatId: string, eventId: string) => {
    await world.post({ chatId, eventId });
    world.clock.jump(1000);
    await world.workOff();
  };
  const logs = (...flags: string[]) => world.command('bot', 'logs', ...flags);
  return { ...world, lines: world.logs, post, logs };
}

test('lines of both functions, newest last, readable', async () => {
  const { post, logs } = await answered();
  await post(CHAT, 'wamid.1');
  const { exitCode, error, out } = await logs();
  expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
  const lines = out.trim().split('\n');
  const kinds = lines.map((line) => line.split(/ {2}/).at(-2)?.trim());
  expect(kinds).toEqual(
    expect.arrayContaining(['job_handed_off', 'webhook_answered', 'turn_decided', 'worker_job_finished']),
  );
  expect(kinds.indexOf('job_handed_off')).toBeLessThan(kinds.indexOf('worker_job_finished'));
  expect(lines.at(-1)).toMatch(
    /^2026-11-21 10:00:01\.\d{3} {2}INFO {6}worker_job_finished {2}provider=whatsapp chat_id=[0-9a-f]{16} .*status=answered rule=agent/,
  );
});

test.each(['whatsapp', 'telegram'] as const)(
  '%s: an event or a chat is found by its clear id',
  async (provider) => {
    const { post, logs } = await answered(provider);
    await post(CHAT, '1001');
    await post('12025550108', '1002');
    const lines = async (...flags: string[]) =>
      (await logs(...flags, '--json')).out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, string>);
    const eventIds = new Set((await lines('--event', '1001')).map(({ event_id }) => event_id));
    expect([...eventIds]).toEqual([provider === 'telegram' ? '1001' : keyedHash('key', '1001')]);
    const chatIds = new Set((await lines('--chat', '12025550108')).map(({ chat_id }) => chat_id));
    expect([...chatIds]).toEqual([keyedHash('key', '12025550108')]);
  },
);

test('by level and by time', async () => {
  const { post, logs, clock, lines } = await answered();
  await post(CHAT, 'wamid.1');
  const line = {
    level: 'ERROR',
    timestamp: new Date(clock.nowMillis()).toISOString(),
    message: 'record_failed',
  };
  lines.write(WORKER, clock.nowMillis(), JSON.stringify({ ...line, error: 'two words' }));
  lines.write(WORKER, clock.nowMillis(), 'START RequestId: 1');
  expect((await logs('--level', 'warn')).out).toMatch(
    /^\S+ \S+ {2}ERROR {5}record_failed {2}error="two words"\n$/,
  );
  expect((await logs()).out).toContain('START RequestId: 1');
  clock.jump(3_600_001);
  expect((await logs()).out).toBe('');
  expect((await logs('--since', '2h')).out).toContain('record_failed');
  expect(await logs('--level', 'loud')).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('info, warn, error, critical'),
  });
});

test('--follow goes on with what is written, each line once, until it is interrupted', async () => {
  const { aws, clock, lines } = await answered();
  const write = (message: string) =>
    lines.write(
      WORKER,
      clock.nowMillis(),
      JSON.stringify({ level: 'INFO', timestamp: '2026-11-21T10:00:00Z', message }),
    );
  write('before');
  const stop = new AbortController();
  let polls = 0;
  const sleep = async (millis: number) => {
    clock.jump(millis);
    polls += 1;
    if (polls === 1) write('meanwhile');
    if (polls === 4) stop.abort();
  };
  const follow = { ...aws, clock: { nowMillis: () => clock.nowMillis(), sleep } };
  const { out } = await hookline(['bot', 'logs', '--follow', '--project', 'shop'], {
    aws: follow,
    interruption: () => stop.signal,
  });
  expect(out.match(/before|meanwhile/g)).toEqual(['before', 'meanwhile']);
});

test('without the secrets an id cannot be looked for, and without groups there are no lines', async () => {
  const { ssm, logs, aws } = await answered();
  const empty = { ...aws, logs: async () => new FakeLogs([]) };
  expect(await hookline(['bot', 'logs', '--project', 'shop'], { aws: empty })).toMatchObject({
    exitCode: 1,
    error: expect.stringContaining(
      'There is no log group /aws/lambda/shop-ingress or /aws/lambda/shop-worker.',
    ),
  });
  ssm.parameters.clear();
  expect(await logs('--chat', CHAT)).toMatchObject({
    exitCode: 1,
    error: expect.stringContaining("Ids in the log cannot be computed without the bot's secrets"),
  });
});
