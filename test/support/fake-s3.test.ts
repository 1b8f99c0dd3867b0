import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { FakeS3 } from './fake-s3.ts';

const at = { Bucket: 'bucket', Key: 'history/1.sqlite' };

test('preconditions of PUT', async () => {
  const s3 = new FakeS3();
  const put = (Body: string, more: object = {}) => s3.send(new PutObjectCommand({ ...at, Body, ...more }));
  await expect(put('a', { IfMatch: '"x"' })).rejects.toMatchObject({
    name: 'NoSuchKey',
    $metadata: { httpStatusCode: 404 },
  });
  const { ETag } = await put('a', { IfNoneMatch: '*' });
  const failed = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } };
  await expect(put('b', { IfNoneMatch: '*' })).rejects.toMatchObject(failed);
  await expect(put('b', { IfMatch: '"x"' })).rejects.toMatchObject(failed);
  const second = await put('b', { IfMatch: ETag });
  expect(second.ETag).not.toBe(ETag);
  expect(Buffer.from(s3.object(at.Key)!.body).toString()).toBe('b');
});

test('GET: body, 304 and 404', async () => {
  const s3 = new FakeS3();
  const { ETag } = await s3.send(new PutObjectCommand({ ...at, Body: new Uint8Array([1, 2]) }));
  const output = await s3.send(new GetObjectCommand(at));
  expect(await output.Body.transformToByteArray()).toEqual(new Uint8Array([1, 2]));
  expect(output.ETag).toBe(ETag);
  await expect(s3.send(new GetObjectCommand({ ...at, IfNoneMatch: ETag }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await s3.send(new DeleteObjectCommand(at));
  await expect(s3.send(new GetObjectCommand(at))).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3.send(new GetObjectCommand({ ...at, Bucket: 'other' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});
