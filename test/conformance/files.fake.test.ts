import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { LocalExecutionTable } from '../../runtime/files/store/local-execution-table.ts';
import { LocalLockTable } from '../../runtime/files/store/local-lock-table.ts';
import { LocalStorage } from '../../runtime/files/store/local-storage.ts';
import { openLocalTables, STATE_FILE } from '../../runtime/files/store/local-table.ts';
import { defineExecutionStoreConformance } from './files-executions.ts';
import { defineExecutionLockConformance } from './files-lock.ts';
import { defineStorageConformance } from './files-storage.ts';

// What serves `use_s3: false` behaves as the bucket and the tables do.

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

const PLACES = [
  ['memory', async () => ':memory:'],
  ['a disk', async () => join(await newFolder(), STATE_FILE)],
] as const;

for (const [name, newPath] of PLACES) {
  defineExecutionLockConformance(name, async () => {
    const { locks } = await openLocalTables(await newPath());
    return () => new LocalLockTable(locks);
  });
  defineExecutionStoreConformance(name, async () => {
    const { executions } = await openLocalTables(await newPath());
    return () => new LocalExecutionTable(executions);
  });
}
