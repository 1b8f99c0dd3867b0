import { S3Client } from '@aws-sdk/client-s3';
import { s3Presign } from '../../runtime/core/s3-presign.ts';
import { DynamoExecutionTable } from '../../runtime/files/store/dynamo-execution-table.ts';
import { DynamoLockTable } from '../../runtime/files/store/dynamo-lock-table.ts';
import { S3Storage } from '../../runtime/files/store/s3-storage.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { MakeClients } from './clients.ts';
import { defineExecutionStoreConformance } from './files-executions.ts';
import { defineExecutionLockConformance } from './files-lock.ts';
import { defineStorageConformance } from './files-storage.ts';

/** The suites of files against a bucket and two tables. */
export function defineFilesConformance(name: string, makeClients: MakeClients): void {
  defineStorageConformance(name, async () => {
    const { s3, bucket } = await makeClients();
    const presign =
      s3 instanceof S3Client
        ? s3Presign(s3)
        : async (_: string, key: string) => `https://fake.example/${key}`;
    return new S3Storage({
      s3,
      bucket,
      prefix: 'executions/',
      clock: new FakeClock(),
      isCompressed: true,
      presign,
    });
  });
  defineExecutionLockConformance(name, async () => {
    const { dynamodb, files } = await makeClients();
    return (clock) => new DynamoLockTable(dynamodb, files.locks, clock);
  });
  defineExecutionStoreConformance(name, async () => {
    const { dynamodb, files } = await makeClients();
    return (clock) => new DynamoExecutionTable(dynamodb, files.executions, clock);
  });
}
