import { parentPort, workerData } from 'node:worker_threads';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { WORKER_CLIENT } from '../../core/aws-client.ts';
import { s3Presign } from '../../core/s3-presign.ts';
import { type LocalSettings, runLocally } from '../local-run.ts';
import { DRAIN, type ThreadData } from '../orchestrate/thread-runner.ts';

/** One execution in a thread of its own; the thread ends with it. */
const { event, settings } = workerData as ThreadData;
const drain = new AbortController();
parentPort?.on('message', (message) => {
  if (message === DRAIN) drain.abort();
});
const s3 = new S3Client(WORKER_CLIENT);
await runLocally(
  event,
  settings as LocalSettings,
  {
    s3: () => s3,
    dynamodb: () => new DynamoDBClient(WORKER_CLIENT),
    presign: s3Presign(s3),
    write: (line) => process.stdout.write(`${line}\n`),
  },
  drain.signal,
);
parentPort?.close();
