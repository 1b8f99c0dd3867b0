import { type AwsClient, callAws, type Patience } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { InvalidPathError } from './errors.ts';
import { checkedExecutionId, checkedFileName } from './paths.ts';
import { s3StorageError } from './storage-errors.ts';

/** Longest key of S3, in bytes. */
const MAX_KEY_BYTES = 1024;
/** Five tries over some seconds (contract files §3.4 B15). */
const PATIENCE: Patience = { maxAttempts: 5, maxDelayMillis: 4000 };

export interface S3PlaceOptions {
  readonly s3: AwsClient;
  readonly bucket: string;
  /** Empty, or ends with one slash. */
  readonly prefix: string;
  readonly clock: Clock;
}

/** A file of an execution in the bucket: its key, and its name for errors. */
export interface S3File {
  readonly name: string;
  readonly key: string;
}

/** Where executions lie in a bucket, and how it is called. */
export class S3Place {
  readonly bucket: string;
  readonly clock: Clock;

  constructor(private readonly options: S3PlaceOptions) {
    this.bucket = options.bucket;
    this.clock = options.clock;
  }

  /** Prefix of all keys of an execution. */
  folderOf(executionId: string): string {
    return `${this.options.prefix}${checkedExecutionId(executionId)}/`;
  }

  file(executionId: string, fileName: string): S3File {
    const name = checkedFileName(fileName);
    const key = this.folderOf(executionId) + name;
    if (Buffer.byteLength(key) > MAX_KEY_BYTES)
      throw new InvalidPathError('file_name', `with its prefix it has more than ${MAX_KEY_BYTES} bytes`);
    return { name, key };
  }

  /** Sends a command with retries; every failure is an error of `errors.ts`, or the signal's reason. */
  // biome-ignore lint/suspicious/noExplicitAny: outputs differ for each command.
  async call(file: string, command: object, signal?: AbortSignal): Promise<any> {
    try {
      return await callAws(
        this.clock,
        's3',
        () => this.options.s3.send(command, ...(signal ? [{ abortSignal: signal }] : [])),
        PATIENCE,
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw s3StorageError(error, file);
    }
  }
}
