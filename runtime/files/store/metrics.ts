import { logMetrics, type Metrics } from '../../core/metrics.ts';
import type { ExecutionTarget } from './execution-record.ts';

/** CloudWatch namespace (contract files §9). */
export const METRICS_NAMESPACE = 'SAGE';

/** Metrics of files, all with the dimensions Target and Environment. */
export type FilesMetric =
  // Executions
  | 'ExecutionsStarted'
  | 'ExecutionsSucceeded'
  | 'ExecutionsPartial'
  | 'ExecutionsRejected'
  | 'ExecutionsErrored'
  | 'ExecutionsDead'
  | 'ProcessingTime'
  | 'Rows'
  | 'Bytes'
  | 'RowsPerSecond'
  | 'RunCost'
  | 'MemoryUsed'
  | 'ColdStarts'
  // Dispatch
  | 'QueueDepth'
  | 'QueueAge'
  | 'Retries'
  | 'DuplicateDelivery'
  | 'SupersededEvent'
  | 'StaleExecutions'
  | 'DetectorHeartbeat'
  // Lock
  | 'LockHeld'
  | 'LockTakeover'
  | 'LockLost'
  | 'LockReleaseFailed';

export type FilesMetrics = Metrics<FilesMetric>;

/** The same metrics for executions of either target. */
export type MetricsByTarget = Readonly<Record<ExecutionTarget, FilesMetrics>>;

/** Metrics as log lines; `environment` names the deployment (`local` on a desk). */
export function filesMetrics(
  write: (line: string) => void,
  nowMillis: () => number,
  environment: string,
): MetricsByTarget {
  const of = (target: ExecutionTarget): FilesMetrics =>
    logMetrics(write, nowMillis, METRICS_NAMESPACE, { Target: target, Environment: environment });
  return { local: of('local'), lambda: of('lambda') };
}
