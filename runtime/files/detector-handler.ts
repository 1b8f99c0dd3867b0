import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ENVIRONMENT_ENDPOINT, WORKER_CLIENT } from '../core/aws-client.ts';
import { asRecord } from '../core/json.ts';
import { s3Presign } from '../core/s3-presign.ts';
import { type DetectorConfig, readDetectorConfig } from './config.ts';
import { detect } from './detect/detector.ts';
import { receiveFailures } from './detect/failure-queue.ts';
import { clean, reconcile } from './detect/janitor.ts';
import type { DetectorPorts } from './detect/ports.ts';
import type { FilesHandlerOptions } from './options.ts';
import { type DispatcherPorts, lambdaDispatcher, sqsDispatcher } from './orchestrate/dispatcher.ts';
import { storedPublication } from './run/publication.ts';
import { openStores, setUp } from './set-up.ts';

/** What the schedules ask for: `{ "task": … }`; without one `detect`. */
const TASKS = {
  detect: (ports: DetectorPorts) => detect(ports),
  janitor: async (ports: DetectorPorts) => ({ removed: await clean(ports) }),
  reconcile: async (ports: DetectorPorts) => ({ mended: await reconcile(ports) }),
} as const;

const taskOf = (event: unknown): keyof typeof TASKS => {
  const { task } = asRecord(event);
  return task === 'janitor' || task === 'reconcile' ? task : 'detect';
};

/** The detector's Lambda handler (contract files §10): detector, janitor and reconciliation, by schedule. */
export function buildDetectorHandler(options: FilesHandlerOptions = {}) {
  const environment = options.environment ?? process.env;
  const { config, clock, log, metrics } = setUp(readDetectorConfig, environment, options);
  const clients = clientsOf(options);
  const dispatch = { clock, random: Math.random };
  const s3 = new S3Client(WORKER_CLIENT);
  const ready = openStores(config, {
    s3: () => options.clients?.s3 ?? s3,
    dynamodb: () => options.clients?.dynamodb ?? new DynamoDBClient(WORKER_CLIENT),
    presign: s3Presign(s3),
    clock,
    log,
    metrics,
  }).then(
    ({ storage, executions: store }): DetectorPorts => ({
      ...config,
      storage,
      store,
      clock,
      log,
      metrics: metrics.lambda,
      publication: storedPublication({ storage, store, clock, log }),
      dispatcher: dispatcherOf(config, clients, dispatch),
      random: Math.random,
      failures: async () =>
        config.failureQueueUrl === undefined
          ? []
          : receiveFailures(clients.sqs(), config.failureQueueUrl, clock),
    }),
  );
  return async (event: unknown) => TASKS[taskOf(event)](await ready);
}

type Clients = ReturnType<typeof clientsOf>;

const clientsOf = ({ clients = {} }: FilesHandlerOptions) => ({
  lambda: () => clients.lambda ?? new LambdaClient(WORKER_CLIENT),
  sqs: () => clients.sqs ?? new SQSClient({ ...WORKER_CLIENT, ...ENVIRONMENT_ENDPOINT }),
});

const dispatcherOf = (config: DetectorConfig, clients: Clients, ports: DispatcherPorts) =>
  config.dispatchQueueUrl === undefined
    ? lambdaDispatcher(clients.lambda(), config.functionName, ports)
    : sqsDispatcher(clients.sqs(), config.dispatchQueueUrl, ports);
