import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SpecInvalidError } from '../../../../runtime/files/run/outcome.ts';
import { context, event, World, writing } from './world.ts';

const ready = async () => {
  const world = new World();
  await world.put('data.csv', 'a\n1\n');
  return world;
};

test('files T16: a CSV event is answered with its result, every output is in the manifest, the lock is gone', async () => {
  const world = await ready();
  const { status, body } = await world.run(event());
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'success', execution_id: 'e1', result: { verdict: 'Éxito' } });
  expect(body.result.outputs.map(({ name }: { name: string }) => name)).toEqual([
    'output.csv',
    'output.log',
    'report.json',
  ]);
  expect(world.record).toMatchObject({
    state: 'SUCCEEDED',
    attempt: 1,
    counts: { records: 3 },
    manifestKey: 'attempts/1-owner-1/manifest.json',
  });
  expect(world.record.publishedAt).toBeDefined();
  const manifest = JSON.parse(await world.text('manifest.json'));
  expect(manifest).toMatchObject({ v: 1, attempt: 1, owner_id: 'owner-1', state: 'SUCCEEDED' });
  const listed = manifest.outputs.map(({ name }: { name: string }) => name);
  expect(listed).toEqual(['output.csv', 'output.log', 'report.json']);
  for (const name of listed) {
    expect(await world.text(name)).toBe(await world.text(`attempts/1-owner-1/${name}`));
    expect(await world.storage.stat('e1', name)).toMatchObject({
      sha256: manifest.outputs.find((one: { name: string }) => one.name === name).sha256,
    });
  }
  expect(world.locks.items.size).toBe(0);
  expect(world.count('ExecutionsStarted')).toBe(1);
  expect(world.count('ExecutionsSucceeded')).toBe(1);
  expect(await readdir(world.folder)).not.toContain('e1-1');
});

test('files T17: while another holds the lock nothing is written', async () => {
  const world = await ready();
  world.dispatched({ state: 'RUNNING', ownerId: 'other', inputs: [] });
  await world.lock.acquire('e1', 'other');
  const [files, calls] = [await world.files(), world.store.calls.length];
  const { status, body } = await world.run(event({ attempt: 1 }));
  expect({ status, body }).toEqual({
    status: 409,
    body: { error: 'Execution already in progress', execution_id: 'e1', retry_after_seconds: 120 },
  });
  expect(await world.files()).toEqual(files);
  expect(world.store.calls.slice(calls)).toEqual(['get']);
  expect(world.count('DuplicateDelivery')).toBe(1);
  // Asynchronous: it ends normally, too.
  const reply = await world.handler({ invocationMode: 'async' })(event({ attempt: 1 }), context());
  expect(reply).toMatchObject({ statusCode: 409 });
});

test('files T18: an event that comes again gets the stored result, and nothing is run', async () => {
  const world = await ready();
  const first = await world.run(event());
  const second = await world.run(event());
  expect(second.status).toBe(200);
  expect(second.body).toEqual({ ...first.body, replayed: true });
  const third = await world.run(event({ attempt: 1 }));
  expect(third.body.replayed).toBe(true);
  expect(world.processed).toBe(1);
  // Another delivery under the same id gets no result of it.
  const other = await world.run(event({ yaml_config: 'other: 1' }));
  expect(other).toMatchObject({ status: 409, body: { error: 'ended', state: 'SUCCEEDED' } });
  await world.put('data.csv', 'a\n2\n');
  expect((await world.run(event())).status).toBe(409);
  expect(world.processed).toBe(1);
});

test('files T19: a bad event is answered with the paths of its problems, its record is rejected, no lock is asked', async () => {
  const world = await ready();
  const empty = await world.run({});
  expect(empty).toMatchObject({ status: 400, body: { error: 'INVALID_EVENT' } });
  expect(empty.body.problems.map(({ path }: { path: string }) => path)).toContain('$.execution_id');
  const { execution_id, ...without } = event();
  expect((await world.run(without)).body.problems[0].path).toBe('$.execution_id');
  const many = Array.from({ length: 1_001 }, (_, index) => ({ filename: `${index}` }));
  const tooMany = await world.run(event({ input_files: many }));
  expect(tooMany.body.problems).toEqual([
    { path: '$.input_files', message: 'must have at most 1000 inputs' },
  ]);
  expect(world.record).toMatchObject({ state: 'REJECTED', errorClass: 'CONFIG', reason: 'INVALID_EVENT' });
  expect(world.locks.calls).toEqual([]);
  // Asynchronous: nothing to retry, so nothing is thrown.
  await expect(world.handler({ invocationMode: 'async' })({}, context())).resolves.toMatchObject({
    statusCode: 400,
  });
});

test('a bad event ends neither an execution that runs nor one of another attempt', async () => {
  const world = await ready();
  for (const over of [{ state: 'RUNNING', ownerId: 'o' }, { attempt: 2 }]) {
    world.dispatched(over);
    const { state } = world.record;
    await world.run(event({ attempt: 1, input_files: [] }));
    await world.run(event({ input_files: [] }));
    expect(world.record.state).toBe(state);
  }
  world.dispatched();
  await world.run(event({ attempt: 1, input_files: [] }));
  expect(world.record.state).toBe('REJECTED');
});

test('files T61: the event of an attempt that is over is refused before the lock, and writes nothing', async () => {
  for (const over of [{}, { state: 'RUNNING', ownerId: 'b' }]) {
    const world = await ready();
    world.dispatched({ attempt: 2, ...over });
    const before = await world.files();
    const late = await world.run(event({ attempt: 1 }));
    expect(late).toEqual({
      status: 409,
      body: { error: 'superseded', execution_id: 'e1', event_attempt: 1, record_attempt: 2 },
    });
    expect(world.locks.calls).toEqual([]);
    expect(world.store.calls).toEqual(['get']);
    expect(await world.files()).toEqual(before);
    expect(world.count('SupersededEvent')).toBe(1);
    const own = await world.run(event({ attempt: 2 }));
    expect(own.status).toBe(200);
    expect(world.record).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
  }
});

test('an event of a record that waits, or that nobody knows, is not run either', async () => {
  const world = await ready();
  for (const state of ['STALE', 'RETRY_WAIT', 'ERRORED', 'PENDING']) {
    world.dispatched({ state });
    expect((await world.run(event({ attempt: 1 }))).body.error).toBe('superseded');
  }
  world.store.records.clear();
  expect((await world.run(event({ attempt: 1 }))).body).toMatchObject({
    error: 'superseded',
    record_attempt: 0,
  });
  // A direct caller is told when to ask again.
  const nextRetryAt = new Date(world.clock.nowMillis() + 30_000).toISOString();
  world.dispatched({ state: 'RETRY_WAIT', nextRetryAt });
  expect(await world.run(event())).toMatchObject({ status: 409, body: { retry_after_seconds: 30 } });
  world.dispatched({ state: 'DEAD', errorClass: 'INPUT' });
  expect((await world.run(event())).body).toMatchObject({
    error: 'ended',
    state: 'DEAD',
    error_class: 'INPUT',
  });
  expect(world.processed).toBe(0);
});

test('a specification that cannot be used is a 422 with every problem; the execution ends, nothing is processed', async () => {
  const world = await ready();
  const problems = [{ code: 'X', path: '$.a', at: { line: 1, column: 2 } }, { code: 'Y' }];
  world.process = async () => {
    throw new SpecInvalidError(problems);
  };
  const { status, body } = await world.run(event());
  expect({ status, error: body.error, problems: body.problems }).toEqual({
    status: 422,
    error: 'SPEC_INVALID',
    problems,
  });
  expect(world.record).toMatchObject({ state: 'REJECTED', errorClass: 'CONFIG' });
  expect(world.record.manifestKey).toBeUndefined();
  expect(world.locks.items.size).toBe(0);
});

test('data errors are a success with a negative verdict; warnings a partial one', async () => {
  for (const [verdict, state] of [
    ['Fallido', 'REJECTED'],
    ['Parcial', 'PARTIAL'],
  ] as const) {
    const world = await ready();
    world.process = writing({ 'output.csv': '' }, { verdict });
    const { status, body } = await world.run(event());
    expect({ status, verdict: body.result.verdict }).toEqual({ status: 200, verdict });
    expect(world.record).toMatchObject({ state });
    expect(world.record.publishedAt).toBeDefined();
  }
});

test('records of the dispatch queue are run; nothing comes back, as the detector alone retries', async () => {
  const world = await ready();
  world.dispatched();
  const records = [
    { messageId: 'm1', body: JSON.stringify(event({ attempt: 1 })) },
    { messageId: 'm2', body: '{' },
  ];
  const answer = await world.handler()({ Records: records }, context());
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(world.record.state).toBe('SUCCEEDED');
  world.dispatched({ attempt: 2 });
  world.process = async () => {
    throw new Error('no');
  };
  const again = [{ messageId: 'm3', body: JSON.stringify(event({ attempt: 2 })) }];
  expect(await world.handler()({ Records: again }, context())).toEqual({ batchItemFailures: [] });
  expect(world.record.state).toBe('ERRORED');
});
