import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { type AwsClient, awsStatus, callAws } from './aws-errors.ts';
import type { Clock } from './clock.ts';
import { AwsCallError } from './errors.ts';

/** One version of an object, or the mark of its deletion. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  /** The object was deleted with this version: it has no content. */
  readonly isDeletion: boolean;
}

/** A current object, as a listing tells it. */
export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  /** When it was last written, milliseconds since 1970. */
  readonly changedAtMillis: number;
}

/** A bucket as its operator sees it: what is in it, and every version of that. */
export interface ObjectVersions {
  /** Keys of the current objects below a prefix, in order. */
  keys(prefix: string): Promise<readonly string[]>;
  /** The current objects below a prefix, in the order of their keys; a thousand cost one call. */
  list(prefix: string): Promise<readonly ListedObject[]>;
  /** All versions and delete marks below a prefix. */
  versions(prefix: string): Promise<readonly ObjectVersion[]>;
  /** The content of a version that is no deletion; undefined when it has gone meanwhile. */
  read(version: ObjectVersion): Promise<Uint8Array | undefined>;
  /** Deletes them for good. Throws `AwsCallError` when S3 keeps one. */
  delete(versions: readonly ObjectVersion[]): Promise<void>;
}

/** Most keys of one `DeleteObjects` (AWS limit). */
const MAX_DELETED_AT_ONCE = 1000;

interface Page {
  readonly Contents?: readonly {
    readonly Key: string;
    readonly ETag?: string;
    readonly Size?: number;
    readonly LastModified?: Date;
  }[];
  readonly IsTruncated?: boolean;
  readonly NextContinuationToken?: string;
}

interface VersionPage {
  readonly Versions?: readonly { readonly Key: string; readonly VersionId: string }[];
  readonly DeleteMarkers?: readonly { readonly Key: string; readonly VersionId: string }[];
  readonly IsTruncated?: boolean;
  readonly NextKeyMarker?: string;
  readonly NextVersionIdMarker?: string;
}

/** A bucket without versioning has one version of each object, named `null`. */
export function s3ObjectVersions(s3: AwsClient, bucket: string, clock: Clock): ObjectVersions {
  return {
    keys: async (prefix) => (await allObjects(s3, bucket, clock, prefix)).map(({ key }) => key),

    list: (prefix) => allObjects(s3, bucket, clock, prefix),

    versions: (prefix) => allVersions(s3, bucket, clock, prefix),

    async read({ key, versionId }) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId });
      try {
        const output = await callAws(clock, 's3:GetObjectVersion', () => s3.send(command));
        return await output.Body.transformToByteArray();
      } catch (error) {
        if (awsStatus(error) === 404) return undefined;
        throw error;
      }
    },

    async delete(versions) {
      for (let start = 0; start < versions.length; start += MAX_DELETED_AT_ONCE) {
        const batch = versions.slice(start, start + MAX_DELETED_AT_ONCE);
        const Objects = batch.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
        const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
        const { Errors: kept = [] } = await callAws(clock, 's3:DeleteObjects', () => s3.send(command));
        if (kept.length > 0)
          throw new AwsCallError(
            `s3:DeleteObjects: ${kept.length} of ${batch.length} objects were kept (${kept[0]?.Code})`,
            'hold',
          );
      }
    },
  };
}

async function allObjects(s3: AwsClient, bucket: string, clock: Clock, prefix: string) {
  const objects: ListedObject[] = [];
  let token: string | undefined;
  do {
    const input = { Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) };
    const send = () => s3.send(new ListObjectsV2Command(input));
    const page: Page = await callAws(clock, 's3:ListObjectsV2', send);
    for (const { Key: key, ETag: etag = '', Size: bytes = 0, LastModified } of page.Contents ?? [])
      objects.push({ key, etag, bytes, changedAtMillis: LastModified?.getTime() ?? 0 });
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
  return objects;
}

async function allVersions(s3: AwsClient, bucket: string, clock: Clock, prefix: string) {
  const found: ObjectVersion[] = [];
  const collect = (listed: VersionPage['Versions'], isDeletion: boolean) => {
    for (const { Key, VersionId } of listed ?? []) found.push({ key: Key, versionId: VersionId, isDeletion });
  };
  let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (marker) {
    const input = { Bucket: bucket, Prefix: prefix, ...marker };
    const send = () => s3.send(new ListObjectVersionsCommand(input));
    const page: VersionPage = await callAws(clock, 's3:ListObjectVersions', send);
    collect(page.Versions, false);
    collect(page.DeleteMarkers, true);
    marker = nextMarker(page);
  }
  return found;
}

const nextMarker = ({ IsTruncated, NextKeyMarker, NextVersionIdMarker }: VersionPage) =>
  IsTruncated && NextKeyMarker !== undefined
    ? { KeyMarker: NextKeyMarker, ...(NextVersionIdMarker && { VersionIdMarker: NextVersionIdMarker }) }
    : undefined;
