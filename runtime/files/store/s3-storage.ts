import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { collected, measured, streamOf } from './bytes.ts';
import { NotFoundError } from './errors.ts';
import { checkedFileName, differentNames } from './paths.ts';
import { type S3File, S3Place, type S3PlaceOptions } from './s3-place.ts';
import { s3Read } from './s3-read.ts';
import { s3Write } from './s3-write.ts';
import type { FileStat, ReadOptions, StorageAdapter, WriteOptions, WrittenFile } from './storage.ts';

/** Largest object that S3 copies in one call. */
const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** Makes an address that reads an object without credentials. */
export type Presign = (bucket: string, key: string, lifeSeconds: number) => Promise<string>;

export interface S3StorageOptions extends S3PlaceOptions {
  /** Whether texts of 1 MiB and more are stored with gzip. */
  readonly isCompressed: boolean;
  readonly presign: Presign;
}

interface Head {
  readonly ETag: string;
  readonly ContentLength: number;
  readonly ContentType?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/** Executions in a bucket: `<prefix><execution_id>/<file_name>`. */
export class S3Storage implements StorageAdapter {
  private readonly place: S3Place;

  constructor(private readonly options: S3StorageOptions) {
    this.place = new S3Place(options);
  }

  writeFile(executionId: string, fileName: string, content: Uint8Array, options?: WriteOptions) {
    return this.writeStream(executionId, fileName, streamOf(content), options);
  }

  async readFile(executionId: string, fileName: string): Promise<Uint8Array> {
    return collected(this.readStream(executionId, fileName));
  }

  async writeStream(
    executionId: string,
    fileName: string,
    content: AsyncIterable<Uint8Array>,
    options: WriteOptions = {},
  ): Promise<WrittenFile> {
    const file = this.place.file(executionId, fileName);
    return s3Write(this.place, file, content, this.options.isCompressed, options);
  }

  async *readStream(executionId: string, fileName: string, { signal }: ReadOptions = {}) {
    yield* s3Read(this.place, this.place.file(executionId, fileName), signal);
  }

  /** S3 gives its keys in the order of their bytes, a thousand a page. */
  async *listFiles(executionId: string, folder?: string): AsyncIterable<string> {
    const root = this.place.folderOf(executionId);
    const Prefix = folder === undefined ? root : `${root}${checkedFileName(folder)}/`;
    let token: string | undefined;
    do {
      const input = { Bucket: this.place.bucket, Prefix, ...(token && { ContinuationToken: token }) };
      const page: Page = await this.place.call(folder ?? executionId, new ListObjectsV2Command(input));
      for (const { Key: key } of page.Contents ?? []) if (!key.endsWith('/')) yield key.slice(root.length);
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token);
  }

  async stat(executionId: string, fileName: string): Promise<FileStat> {
    const { ETag: etag, Metadata = {} } = await this.head(this.place.file(executionId, fileName));
    const { 'sage-sha256': sha256, 'sage-bytes': bytes } = Metadata;
    if (sha256 && bytes) return { sizeBytes: Number(bytes), sha256, etag };
    return { ...(await measured(this.readStream(executionId, fileName))), etag };
  }

  async exists(executionId: string, fileName: string): Promise<boolean> {
    try {
      await this.head(this.place.file(executionId, fileName));
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  async copy(executionId: string, fromName: string, toName: string): Promise<void> {
    const [from, to] = [this.place.file(executionId, fromName), this.place.file(executionId, toName)];
    differentNames(from.name, to.name);
    const { ContentLength, ContentType: contentType } = await this.head(from);
    if (ContentLength > MAX_COPY_BYTES) {
      const content = this.readStream(executionId, from.name);
      await this.writeStream(executionId, to.name, content, contentType ? { contentType } : {});
      return;
    }
    const { bucket } = this.place;
    const CopySource = [bucket, ...from.key.split('/')].map(encodeURIComponent).join('/');
    await this.place.call(from.name, new CopyObjectCommand({ Bucket: bucket, Key: to.key, CopySource }));
  }

  async delete(executionId: string, fileName: string): Promise<void> {
    const { name, key } = this.place.file(executionId, fileName);
    await this.place.call(name, new DeleteObjectCommand({ Bucket: this.place.bucket, Key: key }));
  }

  async presign(executionId: string, fileName: string, lifeSeconds: number): Promise<string> {
    return this.options.presign(this.place.bucket, this.place.file(executionId, fileName).key, lifeSeconds);
  }

  private head({ name, key }: S3File): Promise<Head> {
    return this.place.call(name, new HeadObjectCommand({ Bucket: this.place.bucket, Key: key }));
  }
}

interface Page {
  readonly Contents?: readonly { readonly Key: string }[];
  readonly IsTruncated?: boolean;
  readonly NextContinuationToken?: string;
}
