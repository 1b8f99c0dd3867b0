import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { WORKER_CLIENT } from '../core/aws-client.ts';
import type { AwsClient } from '../core/aws-errors.ts';
import { s3Presign } from '../core/s3-presign.ts';
import { withSecrets } from './after-run.ts';
import { readWorkerConfig, type WorkerConfig } from './config.ts';
import { freeBytesOf } from './free-bytes.ts';
import { type HandlerPorts, type InvocationContext, lambdaHandler } from './invocation.ts';
import type { FilesHandlerOptions } from './options.ts';
import { fileProcessor } from './run/file-processor.ts';
import { storedPublication } from './run/publication.ts';
import { openStores, setUp } from './set-up.ts';
import { costOf, pricesWith } from './store/cost.ts';

const TEMPORARY_FOLDER = '/tmp/sage';

/**
 * The processing function's Lambda handler (contract files §3.4). Building it contacts no AWS service; a faulty
 * environment is a `ConfigError` here, so that the function does not start.
 */
export function buildWorkerHandler(options: FilesHandlerOptions = {}) {
  const environment = options.environment ?? process.env;
  const { config, clock, log, metrics } = setUp(readWorkerConfig, environment, options);
  const temporaryFolder = options.temporaryFolder ?? TEMPORARY_FOLDER;
  const s3 = new S3Client(WORKER_CLIENT);
  const ready = openStores(config, {
    s3: () => options.clients?.s3 ?? s3,
    dynamodb: () => options.clients?.dynamodb ?? new DynamoDBClient(WORKER_CLIENT),
    presign: s3Presign(s3),
    clock,
    log,
    metrics,
  }).then(({ storage, lock, executions: store }) =>
    lambdaHandler({
      storage,
      lock,
      store,
      clock,
      log,
      metrics: metrics.lambda,
      publication: storedPublication({ storage, store, clock, log }),
      process: options.process ?? fileProcessor(config.memoryMb),
      target: 'lambda',
      locale: config.locale,
      temporaryFolder,
      freeBytes: () => freeBytesOf(temporaryFolder),
      newId: randomUUID,
      invocationMode: config.invocationMode,
      ...withSecrets(options.afterRun, clock, () => options.clients?.secretsManager ?? secretsManager()),
    } satisfies HandlerPorts),
  );
  return async (event: unknown, context: InvocationContext) => {
    const startedMillis = clock.nowMillis();
    try {
      return await (await ready)(event, context);
    } finally {
      metrics.lambda.value('RunCost', costUsd(config, clock.nowMillis() - startedMillis), 'None');
      metrics.lambda.value('MemoryUsed', memoryPercent(config), 'Percent');
    }
  };
}

/** Loaded with the first secret: most deployments have none. */
async function secretsManager(): Promise<AwsClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return new SecretsManagerClient(WORKER_CLIENT);
}

const costUsd = ({ memoryMb, priceGbSecond }: WorkerConfig, billedMillis: number): number =>
  costOf({ memoryMb, billedMillis }, pricesWith(priceGbSecond)).total;

const memoryPercent = ({ memoryMb }: WorkerConfig): number =>
  Math.round((process.memoryUsage.rss() / (memoryMb * 1024 ** 2)) * 100);
