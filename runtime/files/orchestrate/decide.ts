/** Why an execution runs where it runs. */
export type DecisionReason =
  | 'local-slot-free'
  | 'queue-pressure'
  | 'cpu'
  | 'memory'
  | 'disk'
  | 'size-local-only'
  | 'size-lambda-only'
  | 'affinity'
  | 'lambda-disabled'
  | 'circuit-open'
  | 'cancelled'
  | 'too-large';

/** `wait`: for a local slot; `refuse`: it may run nowhere. */
export type DecisionTarget = 'local' | 'lambda' | 'wait' | 'refuse';

export interface Decision {
  readonly target: DecisionTarget;
  readonly reason: DecisionReason;
}

/** What is known of an execution before it runs. */
export interface DecisionItem {
  readonly isCancelled?: boolean;
  /** Sum of the inputs when unpacked; unknown counts as small. */
  readonly unpackedBytes?: number;
  /** From rows and the measured rate. */
  readonly estimatedSeconds?: number;
  /** Where its sender wants it. */
  readonly affinity?: 'local' | 'lambda';
  /** How long it has waited for a slot. */
  readonly waitedSeconds?: number;
}

/** Load of the host over the last 60 s, in percent, without the own workers. */
export interface SystemLoad {
  readonly cpu_percent?: number;
  readonly memory_percent?: number;
  readonly disk_percent?: number;
}

export interface DecisionSnapshot {
  /** Executions that were pending when the pass began. */
  readonly queueSize: number;
  readonly freeSlots: number;
  readonly isLambdaEnabled: boolean;
  readonly isCircuitOpen: boolean;
  readonly load?: SystemLoad;
  /** The CPU was above its threshold at the last decision. */
  readonly wasCpuHigh?: boolean;
  /** Free space for unpacked inputs; unknown counts as enough. */
  readonly localFreeBytes?: number;
}

export interface DecisionLimits {
  /** Default 3. */
  readonly maxLocalExecutions: number;
  /** Default 80. */
  readonly cpuPercent: number;
  /** Default 85. */
  readonly memoryPercent: number;
}

export const DEFAULT_LIMITS: DecisionLimits = { maxLocalExecutions: 3, cpuPercent: 80, memoryPercent: 85 };

/** Disk use above which the host takes no more. */
const DISK_PERCENT = 90;
/** The CPU counts as high until it has fallen so far below its threshold. */
const HYSTERESIS_POINTS = 10;
/** More than this does not fit into a Lambda function (contract files §3.3). */
const LAMBDA_BYTES = 8 * 1024 ** 3;
const LAMBDA_SECONDS = 12 * 60;
/** How long an execution waits for a local slot before it goes to Lambda. */
export const SLOT_WAIT_SECONDS = 10;

/** Whether the load sends an execution to Lambda: more pending than local slots, or a CPU above 80 %. */
export const shouldUseLambda = (
  queueSize: number,
  load: SystemLoad | undefined,
  limits: DecisionLimits = DEFAULT_LIMITS,
): boolean => queueSize > limits.maxLocalExecutions || (load?.cpu_percent ?? 0) > limits.cpuPercent;

/** Whether the CPU counts as high, with hysteresis. */
export const isCpuHigh = (
  load: SystemLoad | undefined,
  wasHigh: boolean,
  limits: DecisionLimits = DEFAULT_LIMITS,
): boolean => (load?.cpu_percent ?? 0) > limits.cpuPercent - (wasHigh ? HYSTERESIS_POINTS : 0);

/** Where an execution runs, and why (contract files §3.3, precedence as there). */
export function decide(
  item: DecisionItem,
  snapshot: DecisionSnapshot,
  limits: DecisionLimits = DEFAULT_LIMITS,
): Decision {
  if (item.isCancelled) return { target: 'refuse', reason: 'cancelled' };
  return bySize(item, snapshot) ?? byLambda(snapshot) ?? byAffinity(item) ?? byLoad(item, snapshot, limits);
}

/** Without Lambda whatever runs, runs here. */
const localOrWait = ({ freeSlots }: DecisionSnapshot, reason: DecisionReason): Decision => ({
  target: freeSlots > 0 ? 'local' : 'wait',
  reason,
});

function bySize(item: DecisionItem, snapshot: DecisionSnapshot): Decision | undefined {
  const bytes = item.unpackedBytes ?? 0;
  const fitsLambda = bytes <= LAMBDA_BYTES && (item.estimatedSeconds ?? 0) <= LAMBDA_SECONDS;
  const fitsLocal = bytes <= (snapshot.localFreeBytes ?? Number.POSITIVE_INFINITY);
  if (fitsLambda && fitsLocal) return undefined;
  if (fitsLocal) return localOrWait(snapshot, 'size-local-only');
  if (!fitsLambda) return { target: 'refuse', reason: 'too-large' };
  return snapshot.isLambdaEnabled && !snapshot.isCircuitOpen
    ? { target: 'lambda', reason: 'size-lambda-only' }
    : { target: 'wait', reason: 'size-lambda-only' };
}

function byLambda(snapshot: DecisionSnapshot): Decision | undefined {
  if (!snapshot.isLambdaEnabled) return localOrWait(snapshot, 'lambda-disabled');
  return snapshot.isCircuitOpen ? localOrWait(snapshot, 'circuit-open') : undefined;
}

function byAffinity({ affinity }: DecisionItem): Decision | undefined {
  return affinity === 'lambda' ? { target: 'lambda', reason: 'affinity' } : undefined;
}

function byLoad(item: DecisionItem, snapshot: DecisionSnapshot, limits: DecisionLimits): Decision {
  const { load, queueSize } = snapshot;
  if (item.affinity === 'local') return localOrWait(snapshot, 'affinity');
  if (isCpuHigh(load, snapshot.wasCpuHigh ?? false, limits)) return { target: 'lambda', reason: 'cpu' };
  if ((load?.memory_percent ?? 0) > limits.memoryPercent) return { target: 'lambda', reason: 'memory' };
  if ((load?.disk_percent ?? 0) > DISK_PERCENT) return { target: 'lambda', reason: 'disk' };
  if (snapshot.freeSlots > 0) return { target: 'local', reason: 'local-slot-free' };
  if (shouldUseLambda(queueSize, load, limits) || (item.waitedSeconds ?? 0) >= SLOT_WAIT_SECONDS)
    return { target: 'lambda', reason: 'queue-pressure' };
  return { target: 'wait', reason: 'queue-pressure' };
}
