import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { TransientStorageError } from '../../../../runtime/files/store/errors.ts';
import type { StorageAdapter } from '../../../../runtime/files/store/storage.ts';
import { context, event, result, World, writing } from './world.ts';

const ready = async () => {
  const world = new World();
  await world.put('data.csv', 'a\n1\n');
  return world;
};

/** The storage, with one method replaced. */
function storageWith<K extends keyof StorageAdapter>(world: World, name: K, method: StorageAdapter[K]) {
  const { storage } = world;
  return new Proxy(storage, {
    get: (target, key) => {
      if (key === name) return method;
      const own = Reflect.get(target, key);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

test('B5: an expired lock is taken over within the same attempt, by a new owner', async () => {
  const world = await ready();
  world.dispatched({ state: 'RUNNING', ownerId: 'dead' });
  await world.lock.acquire('e1', 'dead');
  world.clock.jump(130_000);
  const { status } = await world.run(event({ attempt: 1 }));
  expect(status).toBe(200);
  expect(world.record).toMatchObject({ state: 'SUCCEEDED', attempt: 1, ownerId: 'owner-1' });
  expect(world.count('LockTakeover')).toBe(1);
});

test('B6: without the lock table nothing is processed; the attempt failed and may be repeated', async () => {
  const world = await ready();
  world.locks.before = () => {
    throw new Error('down');
  };
  const { status, body } = await world.run(event());
  expect({ status, error: body.error }).toEqual({ status: 503, error: 'LOCK_STORE_UNAVAILABLE' });
  expect(world.record).toMatchObject({ state: 'ERRORED', retryable: true, errorClass: 'LOCK' });
  expect(world.processed).toBe(0);
  // The run of another is not touched.
  world.dispatched({ state: 'RUNNING', ownerId: 'other' });
  expect((await world.run(event({ attempt: 1 }))).status).toBe(503);
  expect(world.record).toMatchObject({ state: 'RUNNING', ownerId: 'other' });
});

test('B7: a missing input is looked for again after 5 s, then named; no retry', async () => {
  const world = new World();
  const late = world.run(event());
  await new Promise((resolve) => setTimeout(resolve, 50));
  await world.put('data.csv', 'a\n1\n');
  expect((await world.during(late)).status).toBe(200);

  const without = new World();
  const { status, body } = await without.during(without.run(event()));
  expect(status).toBe(500);
  expect(body).toMatchObject({ error: 'INPUT_NOT_FOUND', retryable: false });
  expect(body.message).toContain('data.csv');
  expect(without.record).toMatchObject({ state: 'ERRORED', retryable: false, errorClass: 'INPUT' });
  expect(without.clock.slept).toContain(5000);
});

test('an input that is not the recorded one is not processed', async () => {
  const world = await ready();
  const sha256 = 'a'.repeat(64);
  world.dispatched({ inputs: [{ sourceExecutionId: 'e1', filename: 'data.csv', sha256 }] });
  expect((await world.run(event({ attempt: 1 }))).body.error).toBe('INPUT_CHANGED');
  expect(world.processed).toBe(0);
});

test('B9: what does not fit is left to a local run', async () => {
  const world = await ready();
  world.freeBytes = 7;
  const { body } = await world.run(event());
  expect(body.error).toBe('RESOURCE_EXCEEDED');
  expect(world.record).toMatchObject({ state: 'ERRORED', retryable: true, errorClass: 'RESOURCE' });
  expect(world.processed).toBe(0);
});

test('B14: a run whose lock is lost stops, publishes nothing and writes no state', async () => {
  const world = await ready();
  world.process = async (input) => {
    // The process stood still past the expiry, and another took over.
    world.locks.items.set('e1', { ownerId: 'b', expiresAtSeconds: 1e12, acquiredAtSeconds: 0 });
    await world.clock.advance(60_000);
    input.signal.throwIfAborted();
    return result();
  };
  const calls = () => world.store.calls.filter((call) => !['get', 'heartbeat'].includes(call));
  const { status, body } = await world.run(event());
  expect({ status, error: body.error }).toEqual({ status: 500, error: 'LOCK_LOST' });
  expect(calls()).toEqual(['create', 'DISPATCHED', 'RUNNING']);
  expect((await world.files()).filter((name) => name.startsWith('attempts/'))).toEqual([]);
  expect(world.locks.items.get('e1')?.ownerId).toBe('b');
  expect(world.count('LockLost')).toBe(1);
});

test('B14: a process that stood still past its lock publishes nothing, though no timer ran', async () => {
  const world = await ready();
  const write = world.process;
  world.process = async (input) => {
    const done = await write(input);
    world.clock.jump(130_000);
    return done;
  };
  expect((await world.run(event())).body.error).toBe('LOCK_LOST');
  expect((await world.files()).filter((name) => name.endsWith('manifest.json'))).toEqual([]);
  expect(world.record.state).toBe('RUNNING');
});

test('B15: an upload that fails leaves no manifest; the attempt may be repeated', async () => {
  const world = await ready();
  const { storage: own } = world;
  const storage = storageWith(world, 'writeStream', (id, name, ...rest) =>
    name.endsWith('report.json')
      ? Promise.reject(new TransientStorageError('SlowDown'))
      : own.writeStream(id, name, ...rest),
  );
  const { body } = await world.run(event(), { storage });
  expect(body.error).toBe('UPLOAD_FAILED');
  expect(world.record).toMatchObject({ state: 'ERRORED', retryable: true, errorClass: 'STORAGE' });
  expect((await world.files()).filter((name) => name.endsWith('manifest.json'))).toEqual([]);
});

test('B16: when the state cannot be written after the manifest, nothing calls the attempt failed', async () => {
  const world = await ready();
  world.store.before = (call) => {
    if (call === 'SUCCEEDED') throw new Error('down');
  };
  await expect(world.handler({ invocationMode: 'async' })(event(), context())).rejects.toThrow();
  expect(world.record.state).toBe('RUNNING');
  expect(await world.files()).toContain('attempts/1-owner-1/manifest.json');
  expect(await world.files()).not.toContain('manifest.json');
  expect(world.locks.items.size).toBe(0);
});

test('B16: a copy that fails leaves a whole success; the detector finishes it', async () => {
  const world = await ready();
  const storage = storageWith(world, 'copy', () => Promise.reject(new TransientStorageError('SlowDown')));
  expect((await world.run(event(), { storage })).status).toBe(200);
  expect(world.record.state).toBe('SUCCEEDED');
  expect(world.record.publishedAt).toBeUndefined();
  expect(world.logged('publication_postponed')).toHaveLength(1);
});

test('B17: when not even error.log can be stored, the state is set and the line has the id', async () => {
  const world = await ready();
  world.process = async () => {
    throw new Error('bug');
  };
  const { storage: own } = world;
  const storage = storageWith(world, 'writeFile', (id, name, ...rest) =>
    name.endsWith('error.log')
      ? Promise.reject(new TransientStorageError('SlowDown'))
      : own.writeFile(id, name, ...rest),
  );
  const { body } = await world.run(event(), { storage });
  expect(world.record).toMatchObject({ state: 'ERRORED', errorId: body.error_id });
  expect(world.logged('error_log_not_stored')).toHaveLength(1);
  expect(world.logged('execution_failed')[0].error_id).toBe(body.error_id);
});

test('B19: a cancelled execution stops at the next chunk, or is not begun', async () => {
  const world = await ready();
  world.process = async (input) => {
    await world.store.requestCancel('e1');
    await world.clock.advance(60_000);
    input.signal.throwIfAborted();
    return result();
  };
  expect((await world.run(event())).body.error).toBe('cancelled');
  expect(world.record).toMatchObject({ state: 'DEAD', reason: 'cancelled' });
  expect(world.locks.items.size).toBe(0);
  world.dispatched({ attempt: 2, cancelRequestedAt: 'now' });
  expect((await world.run(event({ attempt: 2 }))).body.error).toBe('cancelled');
  expect(world.processed).toBe(1);
});

test('B20: what a killed run left in a warm environment is removed', async () => {
  const world = await ready();
  const temporaryFolder = path.join(world.folder, 'sage');
  mkdirSync(path.join(temporaryFolder, 'e0-1/in'), { recursive: true });
  writeFileSync(path.join(temporaryFolder, 'e0-1/in/data.csv'), 'of another');
  world.process = async (input) => {
    expect(input.executionDir).toBe(path.join(temporaryFolder, 'e1-1'));
    expect(readdirSync(temporaryFolder)).toEqual(['e1-1']);
    return writing({})(input);
  };
  expect((await world.run(event(), { temporaryFolder })).status).toBe(200);
  expect(readdirSync(temporaryFolder)).toEqual([]);
});

test('a drained run is handed back, with nothing published', async () => {
  const { runExecution } = await import('../../../../runtime/files/run/run-execution.ts');
  const { readEvent } = await import('../../../../runtime/files/event/event.ts');
  const world = await ready();
  const drain = new AbortController();
  world.process = async (input) => {
    drain.abort();
    input.signal.throwIfAborted();
    return result();
  };
  const request = { event: readEvent(event()).event!, ownerId: 'o', drain: drain.signal };
  expect(await runExecution(request, world.ports())).toEqual({ kind: 'handed-back' });
  expect(world.record).toMatchObject({ state: 'PENDING', attempt: 1 });
  expect(world.locks.items.size).toBe(0);
});

test('no line of a run holds a value of the data', async () => {
  const world = new World();
  await world.put('data.csv', 'name\nCLASSIFIED-CELL\n');
  world.process = async () => {
    throw new Error('cell CLASSIFIED-CELL is bad');
  };
  await world.run(event());
  expect(world.lines.length).toBeGreaterThan(1);
  expect(world.lines.join('\n')).not.toContain('CLASSIFIED');
});
