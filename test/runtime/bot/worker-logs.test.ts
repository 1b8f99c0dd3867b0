import { expect, test } from 'vitest';
import { keyedHash } from '../../../runtime/core/log.ts';
import { asynchronous, CHAT, context, record, textJob, workerWorld } from './worker-world.ts';

test('no line of a run holds a text, a token, a chat id or a WhatsApp message id, also when things go wrong', async () => {
  const world = workerWorld({
    agent: (turn) => {
      if (turn.text.includes('break')) throw new TypeError(`cannot read ${turn.text}`);
      return `re ${turn.text}`;
    },
  });
  await world.worker(asynchronous(textJob('my secret text', 'wamid.1')), context());
  const thrown = await world
    .worker(asynchronous(textJob('break my secret text', 'wamid.2')), context())
    .catch(String);
  await world.worker({ Records: [{ ...record({}), body: 'my secret text' }] }, context());
  const logged = JSON.stringify(world.lines) + thrown;
  for (const secret of ['secret text', 'token', CHAT, 'wamid.']) expect(logged).not.toContain(secret);
  expect(thrown).toMatch(/TypeError at .*worker-logs\.test\.ts/);
});

test('one line tells how a job ended, and its ids can be found by whoever knows the clear ones', async () => {
  const world = workerWorld();
  await world.worker(asynchronous(textJob('hello')), context());
  const finished = world.lines.filter((line) => line.message === 'worker_job_finished');
  expect(finished).toEqual([
    expect.objectContaining({
      level: 'INFO',
      provider: 'whatsapp',
      chat_id: keyedHash('hookline:token1:token', CHAT),
      event_id: keyedHash('hookline:token1:token', 'wamid.1'),
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      busy_policy: 'drop',
      history_mode: 'per_user',
      status: 'answered',
      rule: 'agent',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      duration_ms: expect.any(Number),
      attempt: expect.stringMatching(/^request-1:/),
    }),
  ]);
});

test.each(['fifo', 'merge'] as const)(
  '%s: a queue message that failed is found by its trace id, where its job could be read',
  async (policy) => {
    const world = workerWorld({
      policy,
      agent: () => {
        throw new Error('no');
      },
    });
    const malformed = { ...record({}, 'm2', 'other'), body: 'no' };
    await world.worker({ Records: [record(textJob('hello'), 'm1'), malformed] }, context());
    const failed = world.lines.filter(({ message }) => message === 'record_failed');
    expect(failed.map(({ message_id: id, trace_id: trace }) => [id, trace]).sort()).toEqual([
      ['m1', '0af7651916cd43dd8448eb211c80319c'],
      ['m2', undefined],
    ]);
  },
);
