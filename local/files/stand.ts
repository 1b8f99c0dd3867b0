import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '../../runtime/core/clock.ts';
import { jsonLog } from '../../runtime/core/log.ts';
import { s3Presign } from '../../runtime/core/s3-presign.ts';
import { runLocally } from '../../runtime/files/local-run.ts';
import { lambdaDispatcher } from '../../runtime/files/orchestrate/dispatcher.ts';
import { LocalPool } from '../../runtime/files/orchestrate/local-pool.ts';
import { LambdaOrchestrator } from '../../runtime/files/orchestrate/orchestrator.ts';
import { createStores, type Stores } from '../../runtime/files/store/create-stores.ts';
import { filesMetrics } from '../../runtime/files/store/metrics.ts';
import type { Emulator } from '../emulator/emulator.ts';
import { emulatorClient } from '../secrets.ts';
import { ENVIRONMENT, LOCK_TTL_SECONDS } from './checker.ts';

/** A deployed checking of files, with this machine as the host of its orchestrator. */
export interface StandFiles {
  readonly endpoint: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly stores: Stores;
  readonly orchestrator: LambdaOrchestrator;
  readonly pool: LocalPool;
  /** What orchestrator and local runs logged. */
  readonly lines: readonly string[];
  /** Lets local runs hand back what they have not finished. */
  stop(): Promise<void>;
}

/** One execution at a time: the second of two deliveries has to go to Lambda. */
const LOCAL_SLOTS = 1;
const LOCAL_MEMORY_MB = 1024;

/** Connects a stack that was applied: its stores, and an orchestrator that dispatches to its function. */
export async function connectFiles(
  { endpoint }: Pick<Emulator, 'endpoint'>,
  outputs: Readonly<Record<string, unknown>>,
): Promise<StandFiles> {
  const client = emulatorClient(endpoint);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const dynamodb = new DynamoDBClient(client);
  const lambda = new LambdaClient(client);
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const clock = systemClock;
  const nowMillis = () => clock.nowMillis();
  const log = jsonLog(write, nowMillis, {}, { nameField: 'event' });
  const metrics = filesMetrics(() => undefined, nowMillis, ENVIRONMENT);
  const clients = { s3: () => s3, dynamodb: () => dynamodb, presign: s3Presign(s3) };
  const config = storesConfig(outputs);
  const stores = await createStores(config, { ...clients, clock, log, metrics, target: 'local' });
  const settings = {
    stores: config,
    environmentName: ENVIRONMENT,
    locale: 'es',
    temporaryFolder: path.join(tmpdir(), 'hookline-files'),
    memoryMb: LOCAL_MEMORY_MB,
  } as const;
  const run = async (event: object, drain: AbortSignal) =>
    void (await runLocally(event, settings, { ...clients, write }, drain));
  const pool = new LocalPool(LOCAL_SLOTS, run, log);
  const random = Math.random;
  const dispatcher = lambdaDispatcher(lambda, String(outputs.processor_alias_arn), { clock, random });
  const { storage, executions: store } = stores;
  const ports = { storage, store, dispatcher, clock, log, random, pool, metrics: metrics.local };
  const stop = async () => {
    await pool.drain();
    stores.close();
    for (const one of [s3, dynamodb, lambda]) one.destroy();
  };
  const orchestrator = new LambdaOrchestrator({ maxLocalExecutions: LOCAL_SLOTS }, ports);
  return { endpoint, outputs, stores, orchestrator, pool, lines, stop };
}

const storesConfig = (outputs: Readonly<Record<string, unknown>>) => ({
  useS3: true,
  s3Bucket: String(outputs.bucket_name),
  lockTable: String(outputs.lock_table_name),
  executionsTable: String(outputs.executions_table_name),
  lockTtlSeconds: LOCK_TTL_SECONDS,
  keyNamespace: ENVIRONMENT,
});
