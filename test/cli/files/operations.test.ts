import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jsonLog } from '../../../runtime/core/log.ts';
import { createStores, type Stores } from '../../../runtime/files/store/create-stores.ts';
import { filesMetrics } from '../../../runtime/files/store/metrics.ts';
import { hookline } from '../capture.ts';

const clock = { nowMillis: () => Date.now(), sleep: async () => {} };
const unused = () => {
  throw new Error('unused');
};

let folder: string;
let stores: Stores;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hookline-operations-'));
  stores = await createStores(
    { localPath: folder, lockTtlSeconds: 60 },
    {
      clock,
      s3: unused,
      dynamodb: unused,
      presign: unused,
      log: jsonLog(() => {}, clock.nowMillis),
      metrics: filesMetrics(() => {}, clock.nowMillis, 'test'),
      target: 'local',
    },
  );
});
afterEach(async () => {
  stores.close();
  await rm(folder, { recursive: true });
});

const files = (command: string, ...args: readonly string[]) =>
  hookline(['files', command, ...args, '--local', folder]);

/** An execution that runs, as `owner`. */
async function running(executionId: string, owner = 'owner-1') {
  const { record } = await stores.executions.create({ executionId });
  const dispatched = await stores.executions.dispatch(record, { target: 'local', reason: 'local-slot-free' });
  const started = await stores.executions.start(dispatched.record!, owner);
  await stores.lock.acquire(executionId, owner);
  return started.record!;
}

async function dead(executionId: string) {
  await stores.executions.bury(await running(executionId), { errorClass: 'STORAGE', reason: 'exhausted' });
}

describe('hookline files locks', () => {
  test('shows who works on what, and for how long', async () => {
    await running('e1');
    const { exitCode, out } = await files('locks');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^e1 {2}owner-1 {2}\d+ s left, held for \d+ s\n$/);
    expect((await files('locks', 'e2')).out).toBe('Nothing is locked.\n');
  });

  test('ends a lock, with the reason, and asks where somebody may still work', async () => {
    await running('e1');
    expect((await files('locks', '--release', 'e1')).error).toContain('--reason');
    const unasked = await hookline(
      ['files', 'locks', '--release', 'e1', '--reason', 'off', '--local', folder],
      {
        ask: undefined,
      },
    );
    expect(unasked.error).toContain('--yes');
    expect(await stores.lock.inspect('e1')).toBeDefined();
    const { exitCode, out } = await files('locks', '--release', 'e1', '--reason', 'off', '--yes');
    expect(out).toContain('The lock of e1 is free; owner-1 held it.');
    expect(exitCode).toBe(0);
    expect(await stores.lock.inspect('e1')).toBeUndefined();
    expect((await files('locks', '--release', 'e1', '--reason', 'off')).error).toContain('Nobody holds');
  });
});

describe('hookline files redrive', () => {
  test('lets dead executions run again, each once', async () => {
    await dead('e1');
    await dead('e2');
    const { exitCode, out } = await files('redrive', 'e1');
    expect(out).toMatch(/^redriven +e1 {2}DEAD {2}exhausted\n$/);
    expect(exitCode).toBe(0);
    expect(await stores.executions.get('e1')).toMatchObject({ state: 'RETRY_WAIT', attempt: 1 });
    expect((await files('redrive', '--all', '--json')).out).toContain('"executionId":"e2"');
    expect((await files('redrive', '--all')).out).toBe('No execution is dead.\n');
  });

  test('a dry run changes nothing', async () => {
    await dead('e1');
    expect((await files('redrive', '--all', '--dry-run')).out).toMatch(/^would be redriven e1/);
    expect(await stores.executions.get('e1')).toMatchObject({ state: 'DEAD' });
  });

  test('what is not dead or not there stays, and the exit code says so', async () => {
    await running('e1');
    const { exitCode, out, error } = await files('redrive', 'e1', 'e9');
    expect(out).toMatch(/not dead +e1 {2}RUNNING {2}local-slot-free\nunknown +e9\n/);
    expect(error).toContain('2 of 2 executions stay as they are');
    expect(exitCode).toBe(1);
    expect((await files('redrive')).error).toContain('Give ids of executions, or --all');
  });
});

describe('hookline files dashboard', () => {
  test('tells what ran, and what to see to', async () => {
    await dead('e1');
    await running('e2');
    const { exitCode, out } = await files('dashboard');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^started +2 local, 0 lambda \(0\.0 % on Lambda\)\n/);
    expect(out).toMatch(/Errored 1/);
    expect(out).toMatch(/to see to\n {2}e1 {2}DEAD {2}attempt 1/);
  });

  test('writes a page', async () => {
    await running('e2');
    const page = path.join(folder, 'operations.html');
    const { out, error } = await files('dashboard', '--html', page);
    expect(out).toBe('');
    expect(error).toContain(page);
    expect(await readFile(page, 'utf8')).toContain('<h1>sage-operations</h1>');
  });

  test('refuses a time that no record is kept for', async () => {
    expect((await files('dashboard', '--days', '91')).exitCode).toBe(2);
  });
});
