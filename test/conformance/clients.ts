import type { AwsClient } from '../../runtime/core/aws-errors.ts';
import type { FilesTableNames } from './files-tables.ts';
import type { RepliesTableNames } from './replies-tables.ts';

/**
 * What a conformance suite runs against: the fakes in the unit tier, real endpoints in the emulator tier.
 * The suites use keys of their own, so one table, bucket and queue serve all of them.
 */
export interface ConformanceClients {
  readonly dynamodb: AwsClient;
  /** Hash key `user_id`. */
  readonly tableName: string;
  /** The tables of the reply engine. */
  readonly replies: RepliesTableNames;
  /** The tables of files. */
  readonly files: FilesTableNames;
  readonly s3: AwsClient;
  readonly bucket: string;
  readonly sqs: AwsClient;
  /** A FIFO queue with a visibility timeout of 2 s and 2 receives before the dead-letter queue. */
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  /** Lets the back end's time pass. */
  readonly waitMillis: (millis: number) => Promise<void>;
}

export type MakeClients = () => Promise<ConformanceClients>;
