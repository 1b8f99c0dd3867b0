import { expect, test, vi } from 'vitest';
import { HooklineError } from '../../../runtime/core/errors.ts';
import { awsError } from '../../support/tap.ts';
import {
  asynchronous,
  CHAT,
  context,
  type Policy,
  queued,
  record,
  storedTexts,
  textJob,
  workerWorld,
} from './worker-world.ts';

type World = ReturnType<typeof workerWorld>;

const SORRY = 'Sorry, something went wrong. Please try again later.';

const failing = () => {
  throw new Error('no');
};

/** One attempt, as Lambda or the queue makes it; false when it failed. */
async function attempt(world: World, policy: Policy, number: number): Promise<boolean> {
  if (policy === 'drop')
    return world.worker(asynchronous(textJob('hello')), context()).then(
      () => true,
      () => false,
    );
  const response = await world.worker({ Records: [record(textJob('hello'), 'm1', CHAT, number)] }, context());
  return (response as { batchItemFailures: unknown[] }).batchItemFailures.length === 0;
}

const sentTexts = (world: World) => world.provider.sent.map((call) => call.text);

const captured = (world: World) =>
  world.s3
    .keys()
    .filter((key) => key.startsWith('failed-events/'))
    .map((key) => JSON.parse(Buffer.from(world.s3.object(key)?.body ?? []).toString()));

test.each([
  ['fifo', 5],
  ['merge', 5],
  ['drop', 3],
] as [Policy, number][])(
  'bot A32: %s: an agent that throws each time: after attempt %i the user is told once, and the event is captured and comes back as a dead letter',
  async (policy, attempts) => {
    const world = workerWorld({ policy, agent: failing });
    for (let number = 1; number < attempts; number++) {
      expect(await attempt(world, policy, number)).toBe(false);
      expect(sentTexts(world)).toEqual([]);
      expect(captured(world)).toEqual([]);
    }
    expect(await attempt(world, policy, attempts)).toBe(false);
    expect(sentTexts(world)).toEqual([SORRY]);
    expect(captured(world)).toMatchObject([
      { reason: 'agent_failed', event: { maws_job: { event_id: 'wamid.1', chat_id: CHAT } } },
    ]);
    expect(world.dynamodb.item('evt:whatsapp:wamid.1')?.error_told?.N).toBeDefined();
    expect(world.dynamodb.item(CHAT)).toBeUndefined();
    // Redriven without a fix: no second apology.
    expect(await attempt(world, policy, attempts)).toBe(false);
    expect(sentTexts(world)).toEqual([SORRY]);
  },
);

test('bot A32: redriven after the fix, the event is answered', async () => {
  let broken = true;
  const world = workerWorld({ policy: 'fifo', agent: (turn) => (broken ? failing() : turn.text) });
  await attempt(world, 'fifo', 5);
  broken = false;
  expect(await attempt(world, 'fifo', 1)).toBe(true);
  expect(sentTexts(world)).toEqual([SORRY, 'hello']);
});

test.each(['drop', 'fifo'] as Policy[])(
  'bot A33: %s: an agent past its time is aborted when 10 s remain; the text comes on the last attempt only, and the lock is free',
  async (policy) => {
    const limits: number[] = [];
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((millis) => {
      limits.push(millis);
      const limit = new AbortController();
      // The agent's limit passes at once, a send's never.
      if (millis === 110_000) setImmediate(() => limit.abort(new DOMException('late', 'TimeoutError')));
      return limit.signal;
    });
    const aborted: boolean[] = [];
    const world = workerWorld({
      policy,
      agent: (_, { signal }) => {
        signal.addEventListener('abort', () => aborted.push(signal.aborted));
        return new Promise(() => {});
      },
    });
    const last = policy === 'drop' ? 3 : 5;
    for (let number = 1; number <= last; number++) {
      expect(sentTexts(world)).toEqual([]);
      expect(await attempt(world, policy, number)).toBe(false);
      expect(world.dynamodb.item(CHAT)).toBeUndefined();
    }
    vi.restoreAllMocks();
    expect(limits.filter((millis) => millis === 110_000)).toHaveLength(last);
    expect(aborted).toEqual(Array.from({ length: last }, () => true));
    expect(sentTexts(world)).toEqual([SORRY]);
    expect(captured(world)).toMatchObject([{ reason: 'agent_timeout' }]);
  },
);

test('without a table self-invoke has no last attempt', async () => {
  const world = workerWorld({ table: false, agent: failing });
  for (let number = 1; number <= 5; number++) await attempt(world, 'drop', number);
  expect(sentTexts(world)).toEqual([]);
});

test('waiting for an own earlier run is no failed attempt', async () => {
  const world = workerWorld();
  const now = Math.floor(world.clock.nowMillis() / 1000);
  world.dynamodb.seed({
    user_id: { S: CHAT },
    expiresAt: { N: String(now + 100) },
    busy_until: { N: String(now + 100) },
    event_id: { S: 'wamid.1' },
    owner: { S: 'earlier' },
  });
  for (let number = 1; number <= 5; number++) expect(await attempt(world, 'drop', number)).toBe(false);
  expect(sentTexts(world)).toEqual([]);
  expect(world.dynamodb.item('evt:whatsapp:wamid.1')).toBeUndefined();
});

test('an empty ERROR_MESSAGE says nothing; the event is captured all the same', async () => {
  const world = workerWorld({ policy: 'fifo', agent: failing, environment: { ERROR_MESSAGE: '' } });
  await attempt(world, 'fifo', 5);
  expect(sentTexts(world)).toEqual([]);
  expect(captured(world)).toHaveLength(1);
});

test('an event whose reply is stored gets no apology, whatever becomes of it', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.provider.fail({ kind: 'refuse', code: 190, times: 9 });
  for (let number = 1; number <= 5; number++) await attempt(world, 'fifo', number);
  world.provider.repair();
  expect(sentTexts(world)).toEqual([]);
  expect(captured(world)).toEqual([]);
});

test('a save that fails to the end is captured under its own reason, and the user is told', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.tap.before = (call) => {
    if (call.name === 'PutObject' && String(call.input.Key).startsWith('history/'))
      throw awsError('InternalError', 500);
  };
  await attempt(world, 'fifo', 5);
  expect(sentTexts(world)).toEqual([SORRY]);
  expect(captured(world)).toMatchObject([{ reason: 'worker_save_failed' }]);
});

test('a history that cannot be read to the end: told, unless something of a reply was accepted before', async () => {
  const unreadable = (world: World) => {
    world.tap.before = (call) => {
      if (call.name === 'GetObject') throw awsError('InternalError', 500);
    };
  };
  const world = workerWorld({ policy: 'fifo' });
  unreadable(world);
  await attempt(world, 'fifo', 5);
  expect(sentTexts(world)).toEqual([SORRY]);
  expect(captured(world)).toMatchObject([{ reason: 'worker_processing_failed' }]);

  const answered = workerWorld({ policy: 'fifo' });
  await attempt(answered, 'fifo', 1);
  unreadable(answered);
  await attempt(answered, 'fifo', 5);
  expect(sentTexts(answered)).toEqual(['You said: hello']);
});

test('a record of parts that were not sent is not replaced when the event comes again and cannot be read', async () => {
  const world = workerWorld({ policy: 'fifo' });
  world.provider.fail({ kind: 'refuse', code: 100 });
  await attempt(world, 'fifo', 1);
  expect(captured(world)).toMatchObject([{ reason: 'send_failed' }]);
  world.tap.before = (call) => {
    if (call.name === 'GetObject') throw awsError('InternalError', 500);
  };
  await attempt(world, 'fifo', 5);
  expect(captured(world)).toMatchObject([{ reason: 'send_failed' }]);
});

test.each(['drop', 'fifo'] as Policy[])(
  '%s: what an agent can never answer is not tried again: told, captured, and answered when it is delivered after the fix',
  async (policy) => {
    let broken = true;
    const world = workerWorld({
      policy,
      agent: () => {
        if (broken) throw new HooklineError('Such a thing cannot be sent', 'permanent');
        return 'mended';
      },
    });
    expect(await attempt(world, policy, 1)).toBe(true);
    expect(world.agentTurns).toHaveLength(1);
    expect(sentTexts(world)).toEqual([SORRY]);
    expect(captured(world)).toMatchObject([{ reason: 'agent_failed' }]);
    expect(world.lines.at(-1)).toMatchObject({ status: 'given-up', rule: 'permanent' });
    expect(world.dynamodb.item(CHAT)).toBeUndefined();
    broken = false;
    await attempt(world, policy, 1);
    expect(sentTexts(world)).toEqual([SORRY, 'mended']);
    expect(storedTexts(world.s3)).toEqual(['hello', 'mended']);
  },
);

test('what an agent can never answer comes back when it cannot be captured', async () => {
  const world = workerWorld({
    policy: 'fifo',
    environment: { CAPTURE_FAILED_EVENTS: 'false' },
    agent: () => {
      throw new HooklineError('Such a thing cannot be sent', 'permanent');
    },
  });
  expect(await world.worker(queued(textJob('hello')), context())).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
  expect(sentTexts(world)).toEqual([]);
});

test('BUSY_MESSAGE is sent once for a lock, and again for the next one', async () => {
  const world = workerWorld({ environment: { BUSY_MESSAGE: 'One moment, please.' } });
  const hold = (owner: string) =>
    world.dynamodb.seed({
      ...world.dynamodb.item(CHAT),
      user_id: { S: CHAT },
      expiresAt: { N: String(Math.floor(world.clock.nowMillis() / 1000) + 100) },
      event_id: { S: 'other' },
      owner: { S: owner },
    });
  const ignored = async (eventId: string) =>
    expect(await world.worker(asynchronous(textJob('hello', eventId)), context())).toMatchObject({
      body: '"Already processing; update ignored."',
    });
  hold('first');
  await ignored('wamid.1');
  await ignored('wamid.2');
  expect(sentTexts(world)).toEqual(['One moment, please.']);
  hold('second');
  await ignored('wamid.3');
  expect(sentTexts(world)).toEqual(['One moment, please.', 'One moment, please.']);
  expect(world.agentTurns).toEqual([]);
});

test('without a BUSY_MESSAGE a busy chat costs no call more', async () => {
  const world = workerWorld();
  world.dynamodb.seed({
    user_id: { S: CHAT },
    expiresAt: { N: String(Math.floor(world.clock.nowMillis() / 1000) + 100) },
    event_id: { S: 'other' },
    owner: { S: 'first' },
  });
  await world.worker(asynchronous(textJob('hello')), context());
  expect(world.tap.calls).toEqual(['UpdateItem', 'GetObject']);
});

test('an agent is not asked when its time is over already', async () => {
  const world = workerWorld({ policy: 'fifo' });
  expect(await world.worker({ Records: [record(textJob('hello'), 'm1', CHAT, 5)] }, context(0))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
  expect(world.agentTurns).toEqual([]);
  expect(captured(world)).toMatchObject([{ reason: 'agent_timeout' }]);
});
