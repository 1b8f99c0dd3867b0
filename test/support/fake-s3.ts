import { createHash } from 'node:crypto';
import { checkDigest, FakeUploads } from './fake-s3-uploads.ts';
import { awsError, dispatch, type Fields, Tap } from './tap.ts';

export interface FakeObject {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly contentType: string | undefined;
  readonly contentEncoding?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly changedAt?: Date;
}

/** A body as the service streams it. */
export type BodyStream = (bytes: Uint8Array) => AsyncIterable<Uint8Array>;

const CHUNK_BYTES = 64 * 1024;

const inChunks: BodyStream = async function* (bytes) {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
};

/** Keys are listed in the order of their UTF-8 bytes. */
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** One bucket store with ETags and preconditions; a bucket that was not named is not there. */
export class FakeS3 {
  /** By bucket, then by key. */
  readonly buckets = new Map<string, Map<string, FakeObject>>();
  /** Every version of everything, oldest first, once `keepVersions` is set; a deletion has no object. */
  readonly history: { bucket: string; key: string; id: string; object: FakeObject | undefined }[] = [];
  /** The bucket's versioning. */
  keepVersions = false;
  private nextVersion = 1;
  /** Keys of a page of a listing: two, so that nobody reads the first page alone; S3 gives 1,000. */
  pageKeys = 2;
  /** How bodies are streamed; a test may break them. */
  streamBody: BodyStream = inChunks;
  /** Multipart uploads that are neither complete nor aborted. */
  readonly uploads = new FakeUploads();
  /** The service's clock. */
  nowMillis = () => 0;

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
      HeadBucket: ({ Bucket }: Fields) => void this.objects(Bucket),
      GetObject: (input: Fields) => this.getObject(input),
      HeadObject: (input: Fields) => this.headObject(input),
      PutObject: (input: Fields) => this.putObject(input),
      CopyObject: (input: Fields) => this.copyObject(input),
      CreateMultipartUpload: (input: Fields) => {
        this.objects(input.Bucket);
        return this.uploads.create(input);
      },
      UploadPart: (input: Fields) => this.uploads.put(input),
      AbortMultipartUpload: (input: Fields) => this.uploads.abort(input),
      CompleteMultipartUpload: (input: Fields) => this.completeUpload(input),
      DeleteObject: (input: Fields) => this.deleteObject(input),
      DeleteObjects: (input: Fields) => this.deleteObjects(input),
      ListObjectsV2: (input: Fields) => this.listObjects(input),
      ListObjectVersions: (input: Fields) => this.listVersions(input),
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

  private getObject({ Bucket, Key, IfNoneMatch, IfMatch, Range, VersionId }: Fields) {
    const object = this.versionOf(Bucket, Key, VersionId);
    if (!object) throw awsError('NoSuchKey', 404, 'The specified key does not exist.');
    // The SDK finds no error code in the empty body of a 304 and names the error after the status.
    if (IfNoneMatch === object.etag) throw awsError('304', 304, 'UnknownError');
    if (IfMatch !== undefined && IfMatch !== object.etag) throw awsError('PreconditionFailed', 412);
    const body = new Uint8Array(object.body.subarray(startOf(Range, object.body.byteLength)));
    return {
      ...headersOf(object),
      ContentLength: body.byteLength,
      Body: {
        transformToByteArray: async () => body,
        transformToString: async () => Buffer.from(body).toString('utf8'),
        [Symbol.asyncIterator]: () => this.streamBody(body)[Symbol.asyncIterator](),
      },
    };
  }

  private headObject({ Bucket, Key }: Fields) {
    const object = this.objects(Bucket).get(Key);
    if (!object) throw awsError('NotFound', 404, 'UnknownError');
    return { ...headersOf(object), ContentLength: object.body.byteLength };
  }

  private copyObject({ Bucket, Key, CopySource }: Fields) {
    const [, fromBucket = '', fromKey = ''] = /^([^/]+)\/(.+)$/.exec(decodeURIComponent(CopySource)) ?? [];
    const source = this.objects(fromBucket).get(fromKey);
    if (!source) throw awsError('NoSuchKey', 404, 'The specified key does not exist.');
    if (fromBucket === Bucket && fromKey === Key)
      throw awsError('InvalidRequest', 400, 'This copy request is illegal');
    this.store(Bucket, Key, { ...source, changedAt: new Date(this.nowMillis()) });
    return { CopyObjectResult: { ETag: source.etag } };
  }

  private completeUpload(input: Fields) {
    const { Bucket, Key } = input;
    this.checkConditions(input);
    const { body, etag, start } = this.uploads.complete(input);
    this.store(Bucket, Key, this.objectOf(start, body, etag));
    return { ETag: etag };
  }

  private versionOf(bucket: string, key: string, id: string | undefined): FakeObject | undefined {
    if (id === undefined || id === 'null') return this.objects(bucket).get(key);
    return this.history.find((version) => version.key === key && version.id === id)?.object;
  }

  private putObject(input: Fields) {
    this.checkConditions(input);
    const { Bucket, Key, Body } = input;
    const body = new Uint8Array(typeof Body === 'string' ? Buffer.from(Body) : (Body ?? []));
    checkDigest(input, body);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    this.store(Bucket, Key, this.objectOf(input, body, etag));
    return { ETag: etag };
  }

  private checkConditions({ Bucket, Key, IfMatch, IfNoneMatch }: Fields): void {
    const existing = this.objects(Bucket).get(Key);
    if (IfNoneMatch !== undefined && IfNoneMatch !== '*')
      throw awsError('NotImplemented', 501, 'Only * is supported');
    if (IfNoneMatch === '*' && existing) throw awsError('PreconditionFailed', 412);
    if (IfMatch !== undefined && !existing) throw awsError('NoSuchKey', 404);
    if (IfMatch !== undefined && existing?.etag !== IfMatch) throw awsError('PreconditionFailed', 412);
  }

  private objectOf(
    { ContentType, ContentEncoding, Metadata }: Fields,
    body: Uint8Array,
    etag: string,
  ): FakeObject {
    return {
      body,
      etag,
      contentType: ContentType,
      ...(ContentEncoding && { contentEncoding: ContentEncoding }),
      ...(Metadata && { metadata: { ...Metadata } }),
      changedAt: new Date(this.nowMillis()),
    };
  }

  private store(bucket: string, key: string, object: FakeObject): void {
    if (Buffer.byteLength(key) > 1024) throw awsError('KeyTooLongError', 400);
    this.objects(bucket).set(key, object);
    this.note(bucket, key, object);
  }

  private deleteObject({ Bucket, Key }: Fields) {
    this.objects(Bucket).delete(Key);
    this.note(Bucket, Key, undefined);
    return {};
  }

  private note(bucket: string, key: string, object: FakeObject | undefined): void {
    if (this.keepVersions) this.history.push({ bucket, key, id: `v${this.nextVersion++}`, object });
  }

  private deleteObjects({ Bucket, Delete }: Fields) {
    for (const { Key, VersionId } of Delete.Objects) {
      if (VersionId === undefined || VersionId === 'null') this.deleteObject({ Bucket, Key });
      else this.deleteVersion(Bucket, Key, VersionId);
    }
    return {};
  }

  private deleteVersion(bucket: string, key: string, id: string): void {
    const index = this.history.findIndex((version) => version.key === key && version.id === id);
    if (index >= 0) this.history.splice(index, 1);
    const newest = this.history.findLast((version) => version.bucket === bucket && version.key === key);
    if (newest?.object) this.objects(bucket).set(key, newest.object);
    else this.objects(bucket).delete(key);
  }

  /** Pages of two, so that nobody reads the first page alone. */
  private listVersions({ Bucket, Prefix = '', KeyMarker, VersionIdMarker }: Fields) {
    const all = this.keepVersions
      ? this.history.filter(({ bucket, key }) => bucket === Bucket && key.startsWith(Prefix))
      : [...this.objects(Bucket)]
          .filter(([key]) => key.startsWith(Prefix))
          .map(([key, object]) => ({ key, id: 'null', object }));
    const sorted = all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const start = sorted.findIndex(({ key, id }) => key === KeyMarker && id === VersionIdMarker) + 1;
    const page = sorted.slice(start, start + 2);
    const last = page.at(-1);
    const shown = (deleted: boolean) =>
      page
        .filter(({ object }) => (object === undefined) === deleted)
        .map(({ key, id }) => ({ Key: key, VersionId: id }));
    return {
      Versions: shown(false),
      DeleteMarkers: shown(true),
      IsTruncated: start + 2 < sorted.length,
      NextKeyMarker: last?.key,
      NextVersionIdMarker: last?.id,
    };
  }

  private listObjects({ Bucket, Prefix = '', ContinuationToken: after = '' }: Fields) {
    const all = [...this.objects(Bucket)].filter(([key]) => key.startsWith(Prefix));
    const rest = all.filter(([key]) => byBytes(key, after) > 0).sort(([a], [b]) => byBytes(a, b));
    const page = rest.slice(0, this.pageKeys);
    return {
      KeyCount: page.length,
      IsTruncated: rest.length > page.length,
      NextContinuationToken: page.at(-1)?.[0],
      Contents: page.map(([Key, { etag, body, changedAt }]) => ({
        Key,
        ETag: etag,
        Size: body.byteLength,
        LastModified: changedAt,
      })),
    };
  }
}

const headersOf = ({ etag, contentType, contentEncoding, metadata }: FakeObject) => ({
  ETag: etag,
  ContentType: contentType,
  ...(contentEncoding && { ContentEncoding: contentEncoding }),
  Metadata: { ...metadata },
});

/** The first byte of a range that is open at its end. */
function startOf(range: string | undefined, size: number): number {
  if (range === undefined) return 0;
  const [, start] = /^bytes=(\d+)-$/.exec(range) ?? [];
  if (start === undefined) throw new Error(`The fake knows no range ${range}`);
  if (Number(start) >= size) throw awsError('InvalidRange', 416);
  return Number(start);
}
