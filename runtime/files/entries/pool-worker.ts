import { parentPort, workerData } from 'node:worker_threads';
import { WORKER_CLIENT } from '../../core/aws-client.ts';
import { type LocalRunPorts, type LocalSettings, runLocally } from '../local-run.ts';
import { DRAIN, type ThreadData } from '../orchestrate/thread-runner.ts';
import { NO_AWS } from '../store/create-stores.ts';

/** One execution in a thread of its own; the thread ends with it. */
const { event, settings } = workerData as ThreadData;
const { stores } = settings as LocalSettings;
const drain = new AbortController();
parentPort?.on('message', (message) => {
  if (message === DRAIN) drain.abort();
});
const clients = 'useS3' in stores && stores.useS3 ? await awsClients() : NO_AWS;
await runLocally(
  event,
  settings as LocalSettings,
  { ...clients, write: (line) => process.stdout.write(`${line}\n`) },
  drain.signal,
);
parentPort?.close();

type Clients = Omit<LocalRunPorts, 'write'>;

/** A host without AWS need not have its packages. */
async function awsClients(): Promise<Clients> {
  const [{ DynamoDBClient }, { S3Client }, { s3Presign }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/client-s3'),
    import('../../core/s3-presign.ts'),
  ]);
  // An emulator's address has no place for a bucket's name.
  const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined;
  const s3 = new S3Client({ ...WORKER_CLIENT, forcePathStyle });
  return { s3: () => s3, dynamodb: () => new DynamoDBClient(WORKER_CLIENT), presign: s3Presign(s3) };
}
