import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import type { AfterRun } from './after-run.ts';
import type { Processor } from './run/ports.ts';

/** What the handlers reach the world through; what is absent is made once per container. Tests give fakes. */
export interface FilesClients {
  readonly dynamodb?: AwsClient;
  readonly s3?: AwsClient;
  readonly lambda?: AwsClient;
  readonly sqs?: AwsClient;
  readonly secretsManager?: AwsClient;
  readonly clock?: Clock;
}

export interface FilesHandlerOptions {
  readonly clients?: FilesClients;
  /** Replaces `process.env`. */
  readonly environment?: Environment;
  /** Replaces the processor, for tests. */
  readonly process?: Processor;
  /** A step of your own after a delivery without errors. */
  readonly afterRun?: AfterRun;
  /** Where runs have their folders; default `/tmp/sage`. */
  readonly temporaryFolder?: string;
  /** Where log and metric lines go, one JSON object each; by default standard output. */
  readonly writeLog?: (line: string) => void;
}
