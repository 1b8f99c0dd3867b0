import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { DynamoLockTable } from '../../runtime/files/store/dynamo-lock-table.ts';
import { LocalLockTable } from '../../runtime/files/store/local-lock-table.ts';
import { LocalStorage } from '../../runtime/files/store/local-storage.ts';
import { openLocalTables, STATE_FILE } from '../../runtime/files/store/local-table.ts';
import { S3Storage } from '../../runtime/files/store/s3-storage.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { defineExecutionLockConformance } from './files-lock.ts';
import { defineStorageConformance } from './files-storage.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-'));
  folders.push(folder);
  return folder;
};

defineStorageConformance('a disk', async () => new LocalStorage(join(await newFolder(), 'executions')));

defineExecutionLockConformance('the fake DynamoDB', async () => {
  const dynamodb = new FakeDynamoDb({ locks: 'execution_id' });
  return (clock) => new DynamoLockTable(dynamodb, 'locks', clock);
});

defineExecutionLockConformance('memory', async () => {
  const { locks } = await openLocalTables(':memory:');
  return () => new LocalLockTable(locks);
});

defineExecutionLockConformance('a disk', async () => {
  const { locks } = await openLocalTables(join(await newFolder(), STATE_FILE));
  return () => new LocalLockTable(locks);
});

defineStorageConformance(
  'the fake S3',
  async () =>
    new S3Storage({
      s3: new FakeS3(),
      bucket: 'bucket',
      prefix: 'executions/',
      clock: new FakeClock(),
      isCompressed: true,
      presign: async (bucket, key) => `https://${bucket}.example/${key}`,
    }),
);
