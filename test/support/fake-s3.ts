import { createHash } from 'node:crypto';
import { awsError, dispatch, type Fields, Tap } from './tap.ts';

export interface FakeObject {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly contentType: string | undefined;
}

/** One bucket store with ETags and preconditions; a bucket that was not named is not there. */
export class FakeS3 {
  /** By bucket, then by key. */
  readonly buckets = new Map<string, Map<string, FakeObject>>();

  constructor(
    buckets: readonly string[] = ['bucket'],
    readonly tap: Tap = new Tap(),
  ) {
    for (const name of buckets) this.buckets.set(name, new Map());
  }

  send(command: { readonly input: object }) {
    return this.as(this.tap).send(command);
  }

  /** A client of the same buckets that records elsewhere. */
  as(tap: Tap) {
    const operations = {
      GetObject: (input: Fields) => this.getObject(input),
      PutObject: (input: Fields) => this.putObject(input),
      DeleteObject: (input: Fields) => this.deleteObject(input),
      ListObjectsV2: (input: Fields) => this.listObjects(input),
    };
    return { send: (command: { readonly input: object }) => dispatch(tap, 's3', operations, command) };
  }

  /** The object at a key of the first bucket, for assertions. */
  object(key: string): FakeObject | undefined {
    return this.objects([...this.buckets.keys()][0] ?? '').get(key);
  }

  /** All keys of the first bucket, sorted. */
  keys(): string[] {
    return [...this.objects([...this.buckets.keys()][0] ?? '').keys()].sort();
  }

  private objects(bucket: string): Map<string, FakeObject> {
    const objects = this.buckets.get(bucket);
    if (!objects) throw awsError('NoSuchBucket', 404, 'The specified bucket does not exist');
    return objects;
  }

  private getObject({ Bucket, Key, IfNoneMatch }: Fields) {
    const object = this.objects(Bucket).get(Key);
    if (!object) throw awsError('NoSuchKey', 404, 'The specified key does not exist.');
    // The SDK finds no error code in the empty body of a 304 and names the error after the status.
    if (IfNoneMatch === object.etag) throw awsError('304', 304, 'UnknownError');
    const body = new Uint8Array(object.body);
    return {
      ETag: object.etag,
      ContentType: object.contentType,
      ContentLength: body.byteLength,
      Body: {
        transformToByteArray: async () => body,
        transformToString: async () => Buffer.from(body).toString('utf8'),
      },
    };
  }

  private putObject({ Bucket, Key, Body, ContentType, IfMatch, IfNoneMatch }: Fields) {
    const objects = this.objects(Bucket);
    const existing = objects.get(Key);
    if (IfNoneMatch !== undefined && IfNoneMatch !== '*')
      throw awsError('NotImplemented', 501, 'Only * is supported');
    if (IfNoneMatch === '*' && existing) throw awsError('PreconditionFailed', 412);
    if (IfMatch !== undefined && !existing) throw awsError('NoSuchKey', 404);
    if (IfMatch !== undefined && existing?.etag !== IfMatch) throw awsError('PreconditionFailed', 412);
    const body = new Uint8Array(typeof Body === 'string' ? Buffer.from(Body) : (Body ?? []));
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    objects.set(Key, { body, etag, contentType: ContentType });
    return { ETag: etag };
  }

  private deleteObject({ Bucket, Key }: Fields) {
    this.objects(Bucket).delete(Key);
    return {};
  }

  private listObjects({ Bucket, Prefix = '' }: Fields) {
    const keys = [...this.objects(Bucket).keys()].filter((key) => key.startsWith(Prefix)).sort();
    return { KeyCount: keys.length, IsTruncated: false, Contents: keys.map((Key) => ({ Key })) };
  }
}
