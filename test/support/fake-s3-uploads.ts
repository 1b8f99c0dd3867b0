import { createHash } from 'node:crypto';
import { awsError, type Fields } from './tap.ts';

/** Smallest part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

interface Part {
  readonly body: Uint8Array;
  readonly etag: string;
}

interface Upload {
  readonly start: Fields;
  readonly parts: Map<number, Part>;
}

/** Refuses a body that has not the SHA-256 it was sent with. */
export function checkDigest({ ChecksumSHA256 }: Fields, body: Uint8Array): void {
  if (ChecksumSHA256 && createHash('sha256').update(body).digest('base64') !== ChecksumSHA256)
    throw awsError('BadDigest', 400, 'The SHA256 you specified did not match the calculated checksum.');
}

/** The multipart uploads of a fake S3. */
export class FakeUploads {
  private readonly open = new Map<string, Upload>();
  private next = 1;

  /** How many are open. */
  get size(): number {
    return this.open.size;
  }

  create(start: Fields) {
    const UploadId = `upload-${this.next++}`;
    this.open.set(UploadId, { start, parts: new Map() });
    return { UploadId };
  }

  put(input: Fields) {
    const upload = this.find(input);
    const body = new Uint8Array(input.Body);
    checkDigest(input, body);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (input.PartNumber < 1 || input.PartNumber > 10_000) throw awsError('InvalidArgument', 400);
    upload.parts.set(input.PartNumber, { body, etag });
    return { ETag: etag };
  }

  abort(input: Fields) {
    this.find(input);
    this.open.delete(input.UploadId);
    return {};
  }

  complete(input: Fields): { body: Uint8Array; etag: string; start: Fields } {
    const { start, parts } = this.find(input);
    const wanted: Fields[] = input.MultipartUpload.Parts;
    const found = wanted.map(({ PartNumber, ETag }, index) => {
      const part = parts.get(PartNumber);
      if (!part || part.etag !== ETag) throw awsError('InvalidPart', 400);
      if (index > 0 && PartNumber <= wanted[index - 1]?.PartNumber) throw awsError('InvalidPartOrder', 400);
      if (index < wanted.length - 1 && part.body.byteLength < MIN_PART_BYTES)
        throw awsError('EntityTooSmall', 400);
      return part;
    });
    if (found.length === 0) throw awsError('MalformedXML', 400);
    this.open.delete(input.UploadId);
    const body = new Uint8Array(Buffer.concat(found.map((part) => part.body)));
    const etags = found.map(({ etag }) => etag.slice(1, -1)).join('');
    const digest = createHash('md5').update(Buffer.from(etags, 'hex')).digest('hex');
    return { body, etag: `"${digest}-${found.length}"`, start };
  }

  private find({ UploadId, Bucket, Key }: Fields): Upload {
    const upload = this.open.get(UploadId);
    if (!upload || upload.start.Bucket !== Bucket || upload.start.Key !== Key)
      throw awsError('NoSuchUpload', 404, 'The specified upload does not exist.');
    return upload;
  }
}
