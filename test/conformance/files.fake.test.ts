import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { LocalStorage } from '../../runtime/files/store/local-storage.ts';
import { S3Storage } from '../../runtime/files/store/s3-storage.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { defineStorageConformance } from './files-storage.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

defineStorageConformance('a disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-'));
  folders.push(folder);
  return new LocalStorage(join(folder, 'executions'));
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
