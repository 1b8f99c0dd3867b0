import { randomBytes, randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { AwsClient } from '../../runtime/core/aws-errors.ts';
import { s3Presign } from '../../runtime/core/s3-presign.ts';
import { DynamoExecutionTable } from '../../runtime/files/store/dynamo-execution-table.ts';
import { DynamoLockTable } from '../../runtime/files/store/dynamo-lock-table.ts';
import { FileChangedError } from '../../runtime/files/store/errors.ts';
import { S3Storage } from '../../runtime/files/store/s3-storage.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { MakeClients } from './clients.ts';
import { defineExecutionStoreConformance } from './files-executions.ts';
import { defineExecutionLockConformance } from './files-lock.ts';
import { defineStorageConformance } from './files-storage.ts';

const storageOn = (s3: AwsClient, bucket: string) =>
  new S3Storage({
    s3,
    bucket,
    prefix: 'executions/',
    clock: new FakeClock(),
    isCompressed: true,
    presign: s3 instanceof S3Client ? s3Presign(s3) : async (_, key) => `https://fake.example/${key}`,
  });

/** A client whose bodies break after their first chunk, `times` times. */
function breaking(s3: AwsClient, times: number): AwsClient {
  let left = times;
  return {
    async send(...args: Parameters<AwsClient['send']>) {
      const output = await s3.send(...args);
      if (args[0].constructor.name !== 'GetObjectCommand' || left-- <= 0) return output;
      const Body = async function* () {
        for await (const chunk of output.Body) {
          yield chunk;
          throw new Error('broken');
        }
      };
      return { ...output, Body: Body() };
    },
  };
}

function defineResumedReadConformance(name: string, makeClients: MakeClients): void {
  describe(`broken reads of executions on ${name}`, () => {
    const setUp = async () => {
      const { s3, bucket } = await makeClients();
      const id = `x-${randomUUID()}`;
      const content = randomBytes(3_000_000);
      await storageOn(s3, bucket).writeFile(id, 'a.zip', content);
      return { id, content, storage: storageOn(breaking(s3, 3), bucket) };
    };

    test('go on where they stopped', async () => {
      const { id, content, storage } = await setUp();
      expect(Buffer.from(await storage.readFile(id, 'a.zip')).equals(content)).toBe(true);
    });

    test('end when the file was replaced', async () => {
      const { id, storage } = await setUp();
      const read = async () => {
        for await (const _ of storage.readStream(id, 'a.zip'))
          await storage.writeFile(id, 'a.zip', randomBytes(10));
      };
      await expect(read()).rejects.toBeInstanceOf(FileChangedError);
    });
  });
}

/** The suites of files against a bucket and two tables. */
export function defineFilesConformance(name: string, makeClients: MakeClients): void {
  defineStorageConformance(name, async () => {
    const { s3, bucket } = await makeClients();
    return storageOn(s3, bucket);
  });
  defineResumedReadConformance(name, makeClients);
  defineExecutionLockConformance(name, async () => {
    const { dynamodb, files } = await makeClients();
    return (clock) => new DynamoLockTable(dynamodb, files.locks, clock);
  });
  defineExecutionStoreConformance(name, async () => {
    const { dynamodb, files } = await makeClients();
    return (clock) => new DynamoExecutionTable(dynamodb, files.executions, clock);
  });
}
