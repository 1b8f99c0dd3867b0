import type { Metrics } from '../../core/metrics.ts';

/** CloudWatch namespace (contract files §9). */
export const METRICS_NAMESPACE = 'SAGE';

/** Metrics of files, all with the dimensions Target and Environment. */
export const FILES_METRICS = [
  // Executions
  'ExecutionsStarted',
  'ExecutionsSucceeded',
  'ExecutionsPartial',
  'ExecutionsRejected',
  'ExecutionsErrored',
  'ExecutionsDead',
  'ProcessingTime',
  'Rows',
  'Bytes',
  'RowsPerSecond',
  'RunCost',
  'MemoryUsed',
  'ColdStarts',
  // Dispatch
  'QueueDepth',
  'QueueAge',
  'Retries',
  'DuplicateDelivery',
  'SupersededEvent',
  'StaleExecutions',
  'DetectorHeartbeat',
  // Lock
  'LockHeld',
  'LockTakeover',
  'LockLost',
  'LockReleaseFailed',
] as const;
export type FilesMetric = (typeof FILES_METRICS)[number];

export type FilesMetrics = Metrics<FilesMetric>;
