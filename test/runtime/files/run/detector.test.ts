import { expect, test } from 'vitest';
import { Watch } from './watch.ts';
import { event } from './world.ts';

test('files T25: the fifth failing attempt is the last; the execution is dead and an alarm counts it', async () => {
  const world = new Watch();
  await world.put('data.csv', 'a\n1\n');
  world.process = async () => {
    throw new Error('always');
  };
  world.dispatched();
  for (let attempt = 1; attempt <= 5; attempt++) {
    await world.run(event({ attempt }));
    expect(world.record).toMatchObject({ state: 'ERRORED', attempt });
    await world.detect();
    world.clock.jump(900_000);
    if (attempt < 5) await world.detect();
  }
  expect(world.record).toMatchObject({ state: 'DEAD', attempt: 5, errorClass: 'INTERNAL' });
  expect(world.count('ExecutionsDead')).toBe(1);
  expect(world.logged('execution_dead')).toHaveLength(1);
  expect(world.sent.map(({ attempt }) => attempt)).toEqual([2, 3, 4, 5]);
  world.clock.jump(900_000);
  await world.detect();
  expect(world.sent).toHaveLength(4);
  // An operator runs it again: one attempt more.
  await world.store.retryLater(world.record, { nextRetryAtMillis: 0, reason: 'redrive', byOperator: true });
  await world.detect();
  expect(world.sent.at(-1)?.attempt).toBe(6);
});

test('files T26: a silent run is stale, waits and is dispatched once by two detectors at once', async () => {
  const world = new Watch();
  const ago = (seconds: number) => new Date(world.clock.nowMillis() - seconds * 1000).toISOString();
  world.dispatched({ state: 'RUNNING', ownerId: 'o', heartbeatAt: ago(200), updatedAt: ago(600) });
  await Promise.all([world.detect(), world.detect()]);
  expect(world.record).toMatchObject({ state: 'RETRY_WAIT', attempt: 1 });
  expect(world.store.calls.filter((call) => call === 'STALE').length).toBeGreaterThanOrEqual(1);
  expect(world.sent).toEqual([]);
  world.clock.jump(60_000);
  await Promise.all([world.detect(), world.detect()]);
  expect(world.record).toMatchObject({ state: 'DISPATCHED', attempt: 2, target: 'lambda' });
  expect(world.sent).toHaveLength(1);
  expect(world.sent[0]).toMatchObject({ execution_id: 'e1', attempt: 2, invocation: 'async' });
});

test.each([
  [361, 'RETRY_WAIT'],
  [359, 'DISPATCHED'],
])('files T26: dispatched %i s ago: %s', async (seconds, state) => {
  const world = new Watch();
  const updatedAt = new Date(world.clock.nowMillis() - seconds * 1000).toISOString();
  world.dispatched({ updatedAt });
  await Promise.all([world.detect(), world.detect()]);
  expect(world.record).toMatchObject({ state, attempt: 1 });
  world.clock.jump(1000);
  if (state === 'DISPATCHED') return;
  world.clock.jump(59_000);
  await Promise.all([world.detect(), world.detect()]);
  expect(world.sent.map(({ attempt }) => attempt)).toEqual([2]);
});

test('files T26: a run with a fresh heartbeat is left alone, however long it takes', async () => {
  const world = new Watch();
  const ago = (seconds: number) => new Date(world.clock.nowMillis() - seconds * 1000).toISOString();
  world.dispatched({ state: 'RUNNING', ownerId: 'o', heartbeatAt: ago(149), updatedAt: ago(800) });
  await world.detect();
  expect(world.record.state).toBe('RUNNING');
});

test('a whole manifest of a silent attempt is its verdict; nothing is run again', async () => {
  const world = new Watch();
  await world.put('data.csv', 'a\n1\n');
  world.store.before = (call) => {
    if (call === 'SUCCEEDED') throw new Error('down');
  };
  expect((await world.run(event())).status).toBe(500);
  world.store.before = undefined;
  world.clock.jump(151_000);
  await world.detect();
  expect(world.record).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  expect(world.record.publishedAt).toBeDefined();
  expect(world.sent).toEqual([]);
});

test('an event that Lambda dropped is dispatched again without waiting for its age', async () => {
  const world = new Watch();
  world.dispatched();
  let done = 0;
  const failure = {
    executionId: 'e1',
    attempt: 1,
    condition: 'EventAgeExceeded',
    done: async () => void done++,
  };
  world.failures.push(failure, { ...failure, attempt: 0 }, { ...failure, executionId: 'nobody' });
  await world.detect();
  expect(world.record).toMatchObject({ state: 'RETRY_WAIT', attempt: 1 });
  expect(done).toBe(3);
});

test('what must not be repeated is dead at once, what fits only on a host waits for one for a day', async () => {
  const world = new Watch();
  world.dispatched({ state: 'ERRORED', retryable: false, errorClass: 'INPUT', errorId: 'x' });
  await world.detect();
  expect(world.record).toMatchObject({ state: 'DEAD', errorClass: 'INPUT', errorId: 'x' });
  world.dispatched({ state: 'RETRY_WAIT', errorClass: 'RESOURCE', nextRetryAt: '2020-01-01T00:00:00.000Z' });
  await world.detect();
  expect(world.record.state).toBe('RETRY_WAIT');
  expect(world.sent).toEqual([]);
  world.clock.jump(86_401_000);
  await world.detect();
  expect(world.record.state).toBe('DEAD');
});

test('at most 20 are dispatched a pass; pending ones after ten minutes', async () => {
  const world = new Watch();
  for (let number = 0; number < 25; number++)
    world.store.seed({ executionId: `p${number}`, state: 'PENDING' });
  await world.detect();
  expect(world.sent).toEqual([]);
  world.clock.jump(600_000);
  expect(await world.detect()).toMatchObject({ dispatched: 20, waiting: 25 });
  expect(world.sent).toHaveLength(20);
  await world.detect();
  expect(world.sent).toHaveLength(25);
  expect(world.counted).toContainEqual(['DetectorHeartbeat', 1]);
  expect(world.counted).toContainEqual(['QueueAge', 600]);
});

test('paused it dispatches nothing, and as a dry run it writes nothing', async () => {
  const world = new Watch();
  const due = { state: 'RETRY_WAIT', nextRetryAt: '2020-01-01T00:00:00.000Z' };
  world.dispatched(due);
  await world.detect({ redrive: 'paused' });
  expect(world.record.state).toBe('RETRY_WAIT');
  await world.detect({ redrive: 'dry-run' });
  world.dispatched({ updatedAt: '2020-01-01T00:00:00.000Z' });
  await world.detect({ redrive: 'dry-run' });
  expect(world.record.state).toBe('DISPATCHED');
  expect(world.logged('would_dispatch')).toHaveLength(1);
  expect(world.sent).toEqual([]);
});

test('a dispatch that is refused fails the execution, one that is not answered waits', async () => {
  const world = new Watch();
  const due = { state: 'RETRY_WAIT', nextRetryAt: '2020-01-01T00:00:00.000Z' };
  world.dispatched(due);
  await world.detect({ dispatcher: { send: async () => ({ status: 'busy', cause: 'TooMany' }) } });
  expect(world.record).toMatchObject({ state: 'RETRY_WAIT', attempt: 2 });
  world.dispatched(due);
  await world.detect({ dispatcher: { send: async () => ({ status: 'refused', cause: 'AccessDenied' }) } });
  expect(world.record).toMatchObject({ state: 'ERRORED', retryable: false, errorClass: 'DISPATCH' });
});

test('one execution that cannot be handled keeps no other one waiting', async () => {
  const world = new Watch();
  const due = { state: 'RETRY_WAIT' as const, nextRetryAt: '2020-01-01T00:00:00.000Z' };
  world.store.seed({ executionId: 'a', ...due });
  world.store.seed({ executionId: 'b', ...due });
  let calls = 0;
  world.store.before = (call) => {
    if (call === 'DISPATCHED' && ++calls === 1) throw new Error('down');
  };
  await world.detect();
  expect(world.sent.map(({ execution_id }) => execution_id)).toEqual(['b']);
  expect(world.logged('detector_failed')).toHaveLength(1);
});
