import type { AwsClient } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { trimSlashes } from '../../core/config.ts';
import { ConfigError } from '../../core/errors.ts';
import { LocalStorage } from './local-storage.ts';
import { camelKeys, type EitherCase } from './naming.ts';
import type { Presign } from './s3-storage.ts';
import type { StorageAdapter } from './storage.ts';

/** Where executions lie (contract files §3.1). Keys may be written in snake_case as well. */
export interface StorageConfig {
  /** Default false: on the disk. */
  readonly useS3?: boolean;
  /** Needed with `useS3`. */
  readonly s3Bucket?: string;
  /** Default `executions/`; a slash at its end is added. Empty: none. */
  readonly s3Prefix?: string;
  /** Default `./executions/`. */
  readonly localPath?: string;
  /** Whether texts of 1 MiB and more are stored with gzip in S3. Default true. */
  readonly compression?: boolean;
}

export interface StoragePorts {
  readonly clock: Clock;
  /** Makes the client; called only with `useS3`. */
  readonly s3: () => AwsClient;
  readonly presign: Presign;
}

export type StorageSettings =
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly prefix: string;
      readonly isCompressed: boolean;
    }
  | { readonly kind: 'local'; readonly path: string };

/** Checks and completes a configuration. Throws `ConfigError`. */
export function storageSettings(config: EitherCase<StorageConfig>): StorageSettings {
  const { useS3, s3Bucket, s3Prefix, localPath, compression } = camelKeys(config) as StorageConfig;
  if (!useS3) return { kind: 'local', path: localPath ?? './executions/' };
  if (!s3Bucket) throw new ConfigError(['s3_bucket is missing; use_s3 needs the name of a bucket']);
  const prefix = trimSlashes(s3Prefix ?? 'executions/');
  return {
    kind: 's3',
    bucket: s3Bucket,
    prefix: prefix && `${prefix}/`,
    isCompressed: compression ?? true,
  };
}

/** The storage of a configuration; throws `ConfigError` at once, before it returns a promise. */
export function createStorage(
  config: EitherCase<StorageConfig>,
  ports: StoragePorts,
): Promise<StorageAdapter> {
  return openStorage(storageSettings(config), ports);
}

/** S3's part is loaded only where it is used. */
export async function openStorage(settings: StorageSettings, ports: StoragePorts): Promise<StorageAdapter> {
  if (settings.kind === 'local') return new LocalStorage(settings.path);
  const { S3Storage } = await import('./s3-storage.ts');
  return new S3Storage({ ...settings, s3: ports.s3(), clock: ports.clock, presign: ports.presign });
}
