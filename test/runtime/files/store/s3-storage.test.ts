import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  AccessError,
  FileChangedError,
  FileExistsError,
  StorageRefusedError,
  TransientStorageError,
} from '../../../../runtime/files/store/errors.ts';
import { ownManifest } from '../../../../runtime/files/store/manifest.ts';
import { collect } from '../../../support/collect.ts';
import { awsError } from '../../../support/tap.ts';
import { onFakeS3 } from './s3.ts';
import { done, LAMBDA, leaveAttempt, storeWorld } from './world.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const MIB = 1024 * 1024;

async function* stream(...chunks: Uint8Array[]) {
  yield* chunks;
}

describe('files T58: compression', () => {
  const text = Buffer.alloc(20 * MIB, 'cliente;producto;cantidad\n');

  test('a text of 20 MB is stored with gzip, read plain, and its hash is that of the plain bytes', async () => {
    const { s3, storage } = onFakeS3();
    const written = await storage.writeStream('a1', 'output.csv', stream(text), { attempt: 2 });
    expect(written).toEqual({ sizeBytes: text.byteLength, sha256: sha256(text) });
    const object = s3.object('executions/a1/output.csv')!;
    expect(object).toMatchObject({
      contentType: 'text/csv; charset=utf-8',
      contentEncoding: 'gzip',
      metadata: { 'sage-attempt': '2' },
    });
    expect(object.body.byteLength).toBeLessThan(MIB);
    expect(gunzipSync(object.body).equals(text)).toBe(true);
    expect(Buffer.from(await storage.readFile('a1', 'output.csv')).equals(text)).toBe(true);
    expect(await storage.stat('a1', 'output.csv')).toMatchObject(written);
  });

  test('the manifest has the SHA-256 of the plain bytes', async () => {
    const { storage, executions } = storeWorld();
    const { record } = await executions.create({ executionId: 'a1' });
    const run = done(await executions.start(done(await executions.dispatch(record, LAMBDA)), 'a'));
    await leaveAttempt(storage, run, { 'output.csv': text.toString() });
    expect((await ownManifest(storage, run))?.outputs).toEqual([
      { name: 'output.csv', bytes: text.byteLength, sha256: sha256(text) },
    ]);
  });

  test.each([
    ['off', 'output.csv', 2 * MIB, false],
    ['a text below 1 MiB', 'output.csv', MIB - 1, true],
    ['a type that is compressed already', 'failures.ndjson.gz', 2 * MIB, true],
    ['an unknown type', 'data', 2 * MIB, true],
  ])('not for: %s', async (_what, name, size, isCompressed) => {
    const { s3, storage } = onFakeS3({ isCompressed });
    await storage.writeFile('a1', name, text.subarray(0, size));
    const object = s3.object(`executions/a1/${name}`)!;
    expect(object.contentEncoding).toBeUndefined();
    expect(object.body.byteLength).toBe(size);
  });

  test('a stored text that is damaged is no result', async () => {
    const { s3, storage } = onFakeS3();
    await storage.writeFile('a1', 'output.csv', text);
    const objects = s3.buckets.get('bucket')!;
    const object = s3.object('executions/a1/output.csv')!;
    objects.set('executions/a1/output.csv', { ...object, body: object.body.slice(0, 20_000) });
    await expect(storage.readFile('a1', 'output.csv')).rejects.toBeInstanceOf(StorageRefusedError);
  });
});

describe('writes', () => {
  const at = (call: { input: Readonly<Record<string, unknown>> }) => call.input;

  test('carry a checksum, a type, the attempt', async () => {
    const { s3, storage } = onFakeS3();
    await storage.writeFile('a1', 'r.json', bytes('{}'), { attempt: 3 });
    expect(at(s3.tap.details[0]!)).toMatchObject({
      ChecksumSHA256: createHash('sha256').update('{}').digest('base64'),
      ContentType: 'application/json',
      Metadata: { 'sage-attempt': '3', 'sage-sha256': sha256(bytes('{}')), 'sage-bytes': '2' },
    });
  });

  test('from 8 MiB on go in parts of 8 MiB, each with its checksum', async () => {
    const { s3, storage } = onFakeS3();
    const content = randomBytes(20 * MIB);
    await storage.writeStream('a1', 'data.zip', stream(content));
    const parts = s3.tap.details.filter(({ name }) => name === 'UploadPart').map(at);
    expect(parts.map(({ ContentLength }) => ContentLength)).toEqual([8 * MIB, 8 * MIB, 4 * MIB]);
    expect(parts.every(({ ChecksumSHA256 }) => typeof ChecksumSHA256 === 'string')).toBe(true);
    expect(s3.uploads.size).toBe(0);
  });

  test('a failed upload is aborted, after its tries', async () => {
    const { s3, storage } = onFakeS3();
    s3.tap.before = ({ name }) => {
      if (name === 'UploadPart') throw awsError('InternalError', 500);
    };
    const write = () => storage.writeFile('a1', 'data.zip', randomBytes(9 * MIB));
    await expect(write()).rejects.toBeInstanceOf(TransientStorageError);
    expect(s3.tap.calls.filter((name) => name === 'UploadPart')).toHaveLength(5);
    expect(s3.uploads.size).toBe(0);
    expect(s3.keys()).toEqual([]);
  });

  test.each([
    ['a lost answer of a put', 'PutObject', 100],
    ['a lost answer of the last call of an upload', 'CompleteMultipartUpload', 9 * MIB],
  ])('%s: the own object is known again, create-only too', async (_what, operation, size) => {
    const { s3, storage } = onFakeS3();
    let isLost = false;
    s3.tap.after = ({ name }) => {
      if (name !== operation || isLost) return;
      isLost = true;
      throw awsError('InternalError', 500);
    };
    const content = randomBytes(size);
    await storage.writeFile('a1', 'm.bin', content, { ifAbsent: true });
    expect(isLost).toBe(true);
    expect(Buffer.from(await storage.readFile('a1', 'm.bin')).equals(content)).toBe(true);
    const again = storage.writeFile('a1', 'm.bin', content, { ifAbsent: true });
    await expect(again).rejects.toBeInstanceOf(FileExistsError);
    expect(s3.uploads.size).toBe(0);
  });
});

describe('broken reads', () => {
  const stored = async (size: number) => {
    const made = onFakeS3();
    const content = randomBytes(size);
    await made.storage.writeFile('a1', 'data.zip', content);
    made.s3.tap.clear();
    return { ...made, content };
  };
  const breakAfter = (chunkBytes: number, end: 'error' | 'early end') =>
    async function* (body: Uint8Array) {
      yield body.subarray(0, chunkBytes);
      if (end === 'error') throw new Error('aborted');
    };

  test.each(['error', 'early end'] as const)('%s: goes on at its offset, pinned to the ETag', async (end) => {
    const { s3, storage, content } = await stored(250);
    s3.streamBody = breakAfter(100, end);
    expect(Buffer.from(await storage.readFile('a1', 'data.zip')).equals(content)).toBe(true);
    const etag = s3.object('executions/a1/data.zip')!.etag;
    expect(s3.tap.details.map(({ input }) => [input.Range, input.IfMatch])).toEqual([
      [undefined, undefined],
      ['bytes=100-', etag],
      ['bytes=200-', etag],
    ]);
  });

  test.each(['replaced', 'deleted'])('an object that was %s meanwhile aborts the read', async (how) => {
    const { s3, storage } = await stored(250);
    const read = async () => {
      s3.streamBody = breakAfter(100, 'error');
      for await (const _ of storage.readStream('a1', 'data.zip'))
        if (how === 'deleted') await storage.delete('a1', 'data.zip');
        else await storage.writeFile('a1', 'data.zip', randomBytes(250));
    };
    await expect(read()).rejects.toBeInstanceOf(FileChangedError);
  });

  test('without any progress it gives up', async () => {
    const { s3, storage } = await stored(250);
    s3.streamBody = breakAfter(0, 'error');
    await expect(storage.readFile('a1', 'data.zip')).rejects.toBeInstanceOf(TransientStorageError);
    expect(s3.tap.calls).toHaveLength(6);
  });

  test('a reader that stops early closes the connection', async () => {
    const { s3, storage } = await stored(250);
    let isClosed = false;
    s3.streamBody = async function* (body) {
      try {
        yield body.subarray(0, 100);
        yield body.subarray(100);
      } finally {
        isClosed = true;
      }
    };
    for await (const _ of storage.readStream('a1', 'data.zip')) break;
    expect(isClosed).toBe(true);
  });
});

describe('errors have their kind, and say nothing of the service’s own', () => {
  test.each([
    ['AccessDenied', 403, AccessError],
    ['Forbidden', 403, AccessError],
    ['NoSuchBucket', 404, AccessError],
    ['SlowDown', 503, TransientStorageError],
    ['RequestTimeout', 400, TransientStorageError],
    ['InternalError', 500, TransientStorageError],
    ['EntityTooLarge', 400, StorageRefusedError],
  ])('%s', async (name, status, kind) => {
    const { s3, storage } = onFakeS3();
    s3.tap.before = () => {
      throw awsError(name, status, 'secret of the service');
    };
    for (const call of [
      () => storage.writeFile('a1', 'a', bytes('x')),
      () => storage.readFile('a1', 'a'),
      () => collect(storage.listFiles('a1')),
      () => storage.stat('a1', 'a'),
      () => storage.exists('a1', 'a'),
      () => storage.delete('a1', 'a'),
    ]) {
      const error: Error = await call().then(
        () => new Error('no error'),
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(kind);
      expect(error.message).not.toContain('secret');
    }
  });

  test('throttling is repeated', async () => {
    const { s3, storage } = onFakeS3();
    let failures = 2;
    s3.tap.before = () => {
      if (failures-- > 0) throw awsError('SlowDown', 503);
    };
    await storage.writeFile('a1', 'a', bytes('x'));
    expect(s3.keys()).toEqual(['executions/a1/a']);
  });
});
