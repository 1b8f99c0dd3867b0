import { expect } from 'vitest';
import { jsonLog } from '../../../../runtime/core/log.ts';
import { DynamoExecutionTable } from '../../../../runtime/files/store/dynamo-execution-table.ts';
import { DynamoLockTable } from '../../../../runtime/files/store/dynamo-lock-table.ts';
import type { ExecutionRecord } from '../../../../runtime/files/store/execution-record.ts';
import type { TransitionResult } from '../../../../runtime/files/store/execution-store.ts';
import { type Manifest, writeManifest } from '../../../../runtime/files/store/manifest.ts';
import type { FilesMetric } from '../../../../runtime/files/store/metrics.ts';
import { attemptFolder } from '../../../../runtime/files/store/paths.ts';
import type { StorageAdapter } from '../../../../runtime/files/store/storage.ts';
import { TableExecutions } from '../../../../runtime/files/store/table-executions.ts';
import { TableLock } from '../../../../runtime/files/store/table-lock.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from '../../../conformance/files-tables.ts';
import { FakeDynamoDb } from '../../../support/fake-dynamodb.ts';
import { LogCapture } from '../../../support/log-capture.ts';
import { MetricCounts } from '../../../support/metric-counts.ts';
import { onFakeS3 } from './s3.ts';

export const LAMBDA = { target: 'lambda', reason: 'queue-pressure' } as const;
export const COUNTS = { records: 1, errors: 0, warnings: 0, messages: 0 };

/** A bucket and both tables, as a worker and a detector have them. */
export function storeWorld({ ttlSeconds = 120 } = {}) {
  const { s3, clock, storage } = onFakeS3();
  const dynamodb = new FakeDynamoDb({ locks: LOCKS_SCHEMA, executions: EXECUTIONS_SCHEMA });
  const metrics = { local: new MetricCounts<FilesMetric>(), lambda: new MetricCounts<FilesMetric>() };
  const capture = new LogCapture();
  const log = jsonLog(capture.write, () => clock.nowMillis());
  const executions = new TableExecutions({
    table: new DynamoExecutionTable(dynamodb, 'executions', clock),
    clock,
    log,
    metrics,
  });
  const lockTable = new DynamoLockTable(dynamodb, 'locks', clock);
  const lock = new TableLock({ table: lockTable, clock, log, metrics: metrics.lambda, ttlSeconds });
  const ports = { storage, executions, log };
  return { s3, dynamodb, clock, storage, executions, lock, metrics, capture, log, ports };
}

export function done(result: TransitionResult): ExecutionRecord {
  expect(result.status).toBe('done');
  return result.record!;
}

/** Writes files and the manifest of an attempt; returns the manifest's name. */
export async function leaveAttempt(
  storage: StorageAdapter,
  { executionId, attempt, ownerId = '' }: ExecutionRecord,
  files: Readonly<Record<string, string>>,
  more: Partial<Manifest> = {},
): Promise<string> {
  const outputs: Manifest['outputs'] = [];
  for (const [name, text] of Object.entries(files)) {
    const content = new TextEncoder().encode(text);
    const path = `${attemptFolder(attempt, ownerId)}/${name}`;
    const { sizeBytes: bytes, sha256 } = await storage.writeFile(executionId, path, content);
    outputs.push({ name, bytes, sha256 });
  }
  return writeManifest(storage, {
    v: 1,
    execution_id: executionId,
    attempt,
    owner_id: ownerId,
    state: 'SUCCEEDED',
    counts: COUNTS,
    outputs,
    code_version: '1.0.0',
    config_sha256: 'ab',
    created_at: '2026-11-21T10:00:00.000Z',
    ...more,
  });
}

/** A file of an execution as text; undefined when it is not there. */
export const textOf = async (storage: StorageAdapter, executionId: string, name: string) =>
  (await storage.exists(executionId, name))
    ? Buffer.from(await storage.readFile(executionId, name)).toString()
    : undefined;
