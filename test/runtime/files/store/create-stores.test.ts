import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ConfigError } from '../../../../runtime/core/errors.ts';
import { jsonLog } from '../../../../runtime/core/log.ts';
import { createStores } from '../../../../runtime/files/store/create-stores.ts';
import { filesMetrics } from '../../../../runtime/files/store/metrics.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from '../../../conformance/files-tables.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../../support/fake-dynamodb.ts';
import { FakeS3 } from '../../../support/fake-s3.ts';
import { testFolder } from './folder.ts';

function ports() {
  const clock = new FakeClock();
  const s3 = new FakeS3(['deliveries']);
  const dynamodb = new FakeDynamoDb({
    sage_execution_locks: LOCKS_SCHEMA,
    sage_executions: EXECUTIONS_SCHEMA,
  });
  const made = {
    clock,
    log: jsonLog(
      () => {},
      () => 0,
    ),
    metrics: filesMetrics(
      () => {},
      () => 0,
      'test',
    ),
    target: 'local',
    s3: vi.fn(() => s3),
    dynamodb: vi.fn(() => dynamodb),
    presign: async () => '',
  } as const;
  return { made, s3, database: dynamodb };
}

test('on the disk: a folder with a file of tables, shared by processes; no AWS client is made', async () => {
  const { made } = ports();
  const path = join(await testFolder(), 'executions');
  const [one, two] = [
    await createStores({ local_path: path }, made),
    await createStores({ localPath: path }, made),
  ];
  const { record } = await one.executions.create({ executionId: 'a1' });
  expect(await two.executions.get('a1')).toEqual(record);
  expect(await one.lock.acquire('a1', 'a')).toMatchObject({ acquired: true });
  expect(await two.lock.acquire('a1', 'b')).toMatchObject({ acquired: false });
  expect(one.lock.ttlSeconds).toBe(3600);
  await one.storage.writeFile('a1', 'a.csv', new Uint8Array([1]));
  expect(await readdir(path)).toEqual(['.state.sqlite', 'a1']);
  for (const stores of [one, two]) stores.close();
  expect([made.s3, made.dynamodb].map((make) => make.mock.calls)).toEqual([[], []]);
});

test('in AWS: a bucket and two tables under their default names', async () => {
  const { made, s3, database } = ports();
  const config = {
    use_s3: true,
    s3_bucket: 'deliveries',
    lock_ttl_seconds: 120,
    key_namespace: 'prod',
    epoch: 2,
  };
  const { storage, lock, executions, close } = await createStores(config, made);
  await storage.writeFile('a1', 'a.csv', new Uint8Array([1]));
  expect(s3.keys()).toEqual(['executions/a1/a.csv']);
  await lock.acquire('a1', 'a');
  expect(database.item('prod:a1', 'sage_execution_locks')).toMatchObject({
    execution_id: { S: 'prod:a1' },
    owner_id: { S: 'a' },
    expiration_time: { N: String(made.clock.nowMillis() / 1000 + 120) },
  });
  expect((await executions.create({ executionId: 'a1' })).record.epoch).toBe(2);
  expect(database.item('a1', 'sage_executions')).toMatchObject({ state: { S: 'PENDING' } });
  close();
});

test('a lock without a lifetime is refused', () => {
  for (const lock_ttl_seconds of [0, -1, Number.NaN])
    expect(() => createStores({ lock_ttl_seconds }, ports().made)).toThrow(ConfigError);
});
