import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type AwsClient, awsErrorName, awsStatus, callAws } from './aws-errors.ts';
import type { Clock } from './clock.ts';

export type GetResult =
  | { readonly status: 'found'; readonly body: Uint8Array; readonly etag: string }
  /** The object is the one whose ETag was given. */
  | { readonly status: 'unchanged' }
  | { readonly status: 'absent' };

/** What must hold for a write: the object is the one read (`ifMatch`, an ETag), or there is none. */
export type PutCondition = { readonly ifMatch: string } | { readonly ifAbsent: true };

export type PutResult =
  | { readonly status: 'stored'; readonly etag: string }
  /** Another writer was first, or the object is gone. Nothing was written. */
  | { readonly status: 'conflict' };

/** Objects with compare-and-swap. */
export interface ObjectStore {
  get(key: string, ifNoneMatch?: string): Promise<GetResult>;
  /** Without a condition the write is unconditional. */
  put(key: string, body: Uint8Array, condition?: PutCondition, contentType?: string): Promise<PutResult>;
  delete(key: string): Promise<void>;
}

const isAbsent = (error: unknown) =>
  awsErrorName(error) === 'NoSuchKey' || (awsStatus(error) === 404 && awsErrorName(error) !== 'NoSuchBucket');

/** 412: the condition failed. 409: a concurrent conditional write. 404: the object went away under `If-Match`. */
const isConflict = (error: unknown) =>
  awsErrorName(error) === 'PreconditionFailed' ||
  awsErrorName(error) === 'ConditionalRequestConflict' ||
  isAbsent(error);

export function s3ObjectStore(s3: AwsClient, bucket: string, clock: Clock): ObjectStore {
  return {
    async get(key, ifNoneMatch) {
      const input = { Bucket: bucket, Key: key, ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }) };
      try {
        return await callAws(clock, 's3:GetObject', async () => {
          const output = await s3.send(new GetObjectCommand(input));
          // An emulator may answer 200 where AWS answers 304.
          if (ifNoneMatch && output.ETag === ifNoneMatch) return { status: 'unchanged' };
          return { status: 'found', body: await output.Body.transformToByteArray(), etag: output.ETag };
        });
      } catch (error) {
        if (awsStatus(error) === 304 || awsErrorName(error) === 'NotModified') return { status: 'unchanged' };
        if (isAbsent(error)) return { status: 'absent' };
        throw error;
      }
    },

    async put(key, body, condition, contentType) {
      const input = {
        Bucket: bucket,
        Key: key,
        Body: body,
        ...(contentType && { ContentType: contentType }),
        ...(condition && ('ifMatch' in condition ? { IfMatch: condition.ifMatch } : { IfNoneMatch: '*' })),
      };
      try {
        const output = await callAws(clock, 's3:PutObject', () => s3.send(new PutObjectCommand(input)));
        return { status: 'stored', etag: output.ETag };
      } catch (error) {
        if (condition && isConflict(error)) return { status: 'conflict' };
        throw error;
      }
    },

    async delete(key) {
      await callAws(clock, 's3:DeleteObject', () =>
        s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })),
      );
    },
  };
}
