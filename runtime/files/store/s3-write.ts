import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { blocksOf, checksumOf, Measure } from './bytes.ts';
import { encoded } from './compress.ts';
import { contentTypeOf } from './content-type.ts';
import { FileExistsError, NotFoundError, StorageRefusedError } from './errors.ts';
import type { S3File, S3Place } from './s3-place.ts';
import type { WriteOptions, WrittenFile } from './storage.ts';

/** Size of a part; smaller objects go in one call. */
const PART_BYTES = 8 * 1024 * 1024;

/** One write: the object, what its header says, and the mark by which a lost answer is known afterwards. */
interface Write {
  readonly place: S3Place;
  readonly file: S3File;
  readonly options: WriteOptions;
  readonly writeId: string;
  readonly at: { readonly Bucket: string; readonly Key: string };
  readonly headers: {
    readonly ContentType: string;
    readonly ContentEncoding?: string;
  };
}

/** Writes a stream: whole when it is small, else in parts; what a failed write left is taken away. */
export async function s3Write(
  place: S3Place,
  file: S3File,
  content: AsyncIterable<Uint8Array>,
  isCompressed: boolean,
  options: WriteOptions,
): Promise<WrittenFile> {
  const measure = new Measure();
  const plain = measure.pass(content, options.signal);
  const contentType = options.contentType ?? contentTypeOf(file.name);
  const { content: stored, contentEncoding } = isCompressed
    ? await encoded(plain, contentType)
    : { content: plain, contentEncoding: undefined };
  const write: Write = {
    place,
    file,
    options,
    writeId: randomUUID(),
    at: { Bucket: place.bucket, Key: file.key },
    headers: {
      ContentType: contentType,
      ...(contentEncoding && { ContentEncoding: contentEncoding }),
    },
  };
  const blocks = blocksOf(stored, PART_BYTES)[Symbol.asyncIterator]();
  try {
    const first = await blocks.next();
    const second = first.done ? first : await blocks.next();
    if (!second.done) {
      await uploadParts(write, [first.value, second.value], blocks);
      return measure.finish();
    }
    const written = measure.finish();
    await putWhole(write, first.done ? new Uint8Array() : first.value, written);
    return written;
  } finally {
    await blocks.return?.();
  }
}

const metadataOf = ({ options, writeId }: Write) => ({
  ...(options.attempt !== undefined && { 'sage-attempt': String(options.attempt) }),
  'sage-write': writeId,
});

const conditionOf = ({ options }: Write) => (options.ifAbsent ? { IfNoneMatch: '*' } : {});

async function putWhole(write: Write, body: Uint8Array, { sha256, sizeBytes }: WrittenFile): Promise<void> {
  const command = new PutObjectCommand({
    ...write.at,
    ...write.headers,
    ...conditionOf(write),
    Body: body,
    ContentLength: body.byteLength,
    ChecksumSHA256: checksumOf(body),
    Metadata: { ...metadataOf(write), 'sage-sha256': sha256, 'sage-bytes': String(sizeBytes) },
  });
  await unlessDone(write, () => write.place.call(write.file.name, command, write.options.signal));
}

interface Part {
  readonly PartNumber: number;
  readonly ETag: string;
  readonly ChecksumSHA256: string;
}

async function uploadParts(
  write: Write,
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): Promise<void> {
  const { place, file, at, options } = write;
  const { UploadId } = await place.call(
    file.name,
    new CreateMultipartUploadCommand({
      ...at,
      ...write.headers,
      ChecksumAlgorithm: 'SHA256',
      Metadata: metadataOf(write),
    }),
    options.signal,
  );
  try {
    const parts: Part[] = [];
    for (const block of first) parts.push(await uploadPart(write, UploadId, parts.length + 1, block));
    for (let next = await rest.next(); !next.done; next = await rest.next())
      parts.push(await uploadPart(write, UploadId, parts.length + 1, next.value));
    const command = new CompleteMultipartUploadCommand({
      ...at,
      ...conditionOf(write),
      UploadId,
      MultipartUpload: { Parts: parts },
    });
    await unlessDone(write, () => place.call(file.name, command, options.signal));
  } catch (error) {
    await abort(write, UploadId);
    throw error;
  }
}

async function uploadPart(
  { place, file, at, options }: Write,
  UploadId: string,
  PartNumber: number,
  Body: Uint8Array,
): Promise<Part> {
  const ChecksumSHA256 = checksumOf(Body);
  const command = new UploadPartCommand({
    ...at,
    UploadId,
    PartNumber,
    Body,
    ContentLength: Body.byteLength,
    ChecksumSHA256,
  });
  const { ETag } = await place.call(file.name, command, options.signal);
  return { PartNumber, ETag, ChecksumSHA256 };
}

/** What cannot be taken away now, the bucket's lifecycle takes away after a day. */
async function abort({ place, file, at }: Write, UploadId: string): Promise<void> {
  await place.call(file.name, new AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
}

/**
 * A repeated call whose first answer was lost meets its own object (412), or an upload that is complete (404): the
 * mark in the metadata tells.
 */
async function unlessDone(write: Write, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    const isMaybeDone =
      error instanceof FileExistsError || error instanceof NotFoundError || isNoSuchUpload(error);
    if (!isMaybeDone || !(await isOwn(write))) throw error;
  }
}

const isNoSuchUpload = (error: unknown): boolean =>
  error instanceof StorageRefusedError && error.values.cause === 'NoSuchUpload';

async function isOwn({ place, file, at, writeId }: Write): Promise<boolean> {
  const { Metadata = {} } = await place.call(file.name, new HeadObjectCommand(at)).catch(() => ({}));
  return Metadata['sage-write'] === writeId;
}
