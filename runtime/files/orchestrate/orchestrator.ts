import { describeError } from '../../core/errors.ts';
import { eventOf } from '../event/write-event.ts';
import type { ExecutionRecord, FileReference } from '../store/execution-record.ts';
import type { FilesMetrics } from '../store/metrics.ts';
import { camelKeys, type EitherCase } from '../store/naming.ts';
import { CircuitBreaker } from './breaker.ts';
import {
  DEFAULT_LIMITS,
  type DecisionItem,
  type DecisionLimits,
  type DecisionReason,
  decide,
  isCpuHigh,
  SLOT_WAIT_SECONDS,
  type SystemLoad,
  shouldUseLambda,
} from './decide.ts';
import { type DispatchPorts, dispatchToLambda, refusedByLambda, waitAndRetry } from './dispatch-record.ts';
import { takeIn } from './intake.ts';
import type { LocalPool } from './local-pool.ts';

/** Keys may be written in snake_case as well (contract files §3.3). */
export interface OrchestratorConfig {
  /** Default 3. */
  readonly maxLocalExecutions?: number;
  /** Default 80. */
  readonly cpuPercent?: number;
  /** Default 85. */
  readonly memoryPercent?: number;
}

export interface OrchestratorPorts extends Omit<DispatchPorts, 'dispatcher'> {
  /** Undefined: no Lambda; everything runs here. */
  readonly dispatcher: DispatchPorts['dispatcher'] | undefined;
  readonly pool: LocalPool;
  readonly metrics: FilesMetrics;
  /** Free bytes for inputs; unknown counts as enough. */
  readonly freeBytes?: () => Promise<number>;
}

/** An item of the queue, as callers of the original name it. */
export interface QueueItem {
  readonly id: string;
  readonly yaml_config: string;
  readonly input_files: readonly { readonly source_execution_id: string; readonly filename: string }[];
}

/** How many of a pass went where. */
export interface PassReport {
  readonly local: number;
  readonly lambda: number;
  /** Refused by Lambda, too large, or cancelled. */
  readonly failed: number;
}

/** Decides where each execution runs, and sets it going (contract files §3.3). */
export class LambdaOrchestrator {
  private readonly limits: DecisionLimits;
  private readonly breaker: CircuitBreaker;
  private wasCpuHigh = false;

  constructor(
    config: EitherCase<OrchestratorConfig>,
    private readonly ports: OrchestratorPorts,
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...(camelKeys(config) as OrchestratorConfig) };
    this.breaker = new CircuitBreaker(ports.clock);
  }

  /** Whether the load alone asks for Lambda. */
  shouldUseLambda(queueSize: number, currentSystemLoad?: SystemLoad): boolean {
    return shouldUseLambda(queueSize, currentSystemLoad, this.limits);
  }

  /** Hands one delivery to Lambda. True when it was accepted, which means queued, not done. */
  async invokeLambda(
    executionId: string,
    yamlConfig: string,
    inputFiles: QueueItem['input_files'],
  ): Promise<boolean> {
    const record = await this.takeItem({ id: executionId, yaml_config: yamlConfig, input_files: inputFiles });
    return (await this.toLambda(record, 'affinity')) === 'lambda';
  }

  /** Takes deliveries in and sets each going. */
  async processQueue(queue: readonly QueueItem[], systemMetrics?: SystemLoad): Promise<PassReport> {
    const records: ExecutionRecord[] = [];
    for (const item of queue) records.push(await this.takeItem(item));
    return this.processRecords(records, systemMetrics);
  }

  /** One pass over what is pending, and over what is due and fits on a host only. */
  async pass(systemMetrics?: SystemLoad): Promise<PassReport> {
    const records: ExecutionRecord[] = [];
    const { store, clock } = this.ports;
    for await (const record of store.byState('PENDING')) records.push(record);
    for await (const record of store.byState('RETRY_WAIT')) {
      const isOurs = this.ports.dispatcher === undefined || record.errorClass === 'RESOURCE';
      if (isOurs && Date.parse(record.nextRetryAt ?? '') <= clock.nowMillis()) records.push(record);
    }
    return this.processRecords(records, systemMetrics);
  }

  private takeItem({ id, yaml_config, input_files }: QueueItem): Promise<ExecutionRecord> {
    const inputs = input_files.map(
      ({ source_execution_id, filename }): FileReference => ({
        sourceExecutionId: source_execution_id,
        filename,
      }),
    );
    // Whoever names other executions here is trusted: the record lists them from now on.
    const parents = [...new Set(inputs.map(({ sourceExecutionId }) => sourceExecutionId))].filter(
      (parent) => parent !== id,
    );
    return takeIn({ executionId: id, yamlText: yaml_config, inputs, parents }, this.ports);
  }

  private async processRecords(
    records: readonly ExecutionRecord[],
    load: SystemLoad | undefined,
  ): Promise<PassReport> {
    const report = { local: 0, lambda: 0, failed: 0 };
    const ordered = [...records].sort(
      (one, other) =>
        (other.priority ?? 0) - (one.priority ?? 0) || (one.createdAt < other.createdAt ? -1 : 1),
    );
    for (const record of ordered) {
      if (this.ports.pool.isDraining) break;
      try {
        const where = await this.place(record, records.length, load);
        if (where !== 'moved') report[where] += 1;
      } catch (error) {
        this.ports.log.error('dispatch_error', {
          execution_id: record.executionId,
          error: describeError(error),
        });
      }
    }
    return report;
  }

  /** Waits for a slot as long as the decision says so. */
  private async place(
    record: ExecutionRecord,
    queueSize: number,
    load: SystemLoad | undefined,
  ): Promise<keyof PassReport | 'moved'> {
    const { clock, pool, freeBytes } = this.ports;
    const sinceMillis = clock.nowMillis();
    const localFreeBytes = await freeBytes?.();
    for (;;) {
      const decision = decide(
        { ...sizesOf(record), waitedSeconds: (clock.nowMillis() - sinceMillis) / 1000 },
        {
          queueSize,
          freeSlots: pool.free,
          isLambdaEnabled: this.ports.dispatcher !== undefined,
          isCircuitOpen: this.breaker.isOpen,
          wasCpuHigh: this.wasCpuHigh,
          ...(load && { load }),
          ...(localFreeBytes !== undefined && { localFreeBytes }),
        },
        this.limits,
      );
      this.wasCpuHigh = isCpuHigh(load, this.wasCpuHigh, this.limits);
      if (decision.target === 'local') return this.toPool(record, decision.reason);
      if (decision.target === 'lambda') return this.toLambda(record, decision.reason);
      if (decision.target === 'refuse') return this.refuse(record, decision.reason);
      if (pool.isDraining) return 'moved';
      await this.waitForSlot();
    }
  }

  private async waitForSlot(): Promise<void> {
    const over = new AbortController();
    const timer = this.ports.clock.sleep(SLOT_WAIT_SECONDS * 1000, over.signal).catch(() => undefined);
    await Promise.race([this.ports.pool.freed(), timer]);
    over.abort();
  }

  private async toPool(record: ExecutionRecord, reason: DecisionReason): Promise<'local' | 'moved'> {
    const { store, pool, log } = this.ports;
    const result = await store.dispatch(record, { target: 'local', reason });
    if (result.status !== 'done') return 'moved';
    // The daemon may have begun to drain meanwhile.
    if (pool.isDraining) {
      await waitAndRetry(result.record, 'drained', this.ports);
      return 'moved';
    }
    const { executionId: execution_id, attempt } = result.record;
    log.info('execution_started_locally', { execution_id, attempt, reason });
    pool.start(eventOf(result.record, false));
    return 'local';
  }

  private async toLambda(
    record: ExecutionRecord,
    reason: DecisionReason,
  ): Promise<keyof PassReport | 'moved'> {
    const { dispatcher } = this.ports;
    if (dispatcher === undefined) return this.toPool(record, 'lambda-disabled');
    this.breaker.begin();
    const dispatched = await dispatchToLambda(record, reason, { ...this.ports, dispatcher });
    if (dispatched.status === 'moved') return 'moved';
    if (dispatched.status === 'accepted') {
      this.breaker.succeeded();
      return 'lambda';
    }
    this.breaker.failed();
    if (dispatched.status === 'busy') {
      await waitAndRetry(dispatched.record, dispatched.cause, this.ports);
      return 'failed';
    }
    return this.instead(dispatched.record);
  }

  /** Lambda refused it: it runs here where there is room. */
  private async instead(record: ExecutionRecord): Promise<keyof PassReport | 'moved'> {
    if (this.ports.pool.free > 0) return this.toPool(record, 'lambda-disabled');
    await refusedByLambda(record, this.ports);
    return 'failed';
  }

  private async refuse(record: ExecutionRecord, reason: DecisionReason): Promise<'failed'> {
    const errorClass = reason === 'cancelled' ? 'CANCELLED' : 'RESOURCE';
    await this.ports.store.bury(record, { errorClass, reason });
    this.ports.log.critical('execution_refused_by_size', { execution_id: record.executionId, reason });
    return 'failed';
  }
}

const PACKED = /\.(zip|xlsx|gz)$/i;
/** What tables of text usually grow by when they are unpacked. */
const GROWTH = 6;
/** Bytes a second, about; slower than measured. */
const BYTES_PER_SECOND = 10 * 1024 ** 2;

/** What the record says of the sizes. */
function sizesOf({ inputs, cancelRequestedAt, errorClass, options }: ExecutionRecord): DecisionItem {
  const unpackedBytes = inputs.reduce(
    (sum, { sizeBytes = 0, filename }) => sum + sizeBytes * (PACKED.test(filename) ? GROWTH : 1),
    0,
  );
  const affinity = errorClass === 'RESOURCE' ? 'local' : options?.affinity;
  return {
    isCancelled: cancelRequestedAt !== undefined,
    unpackedBytes,
    estimatedSeconds: unpackedBytes / BYTES_PER_SECOND,
    ...((affinity === 'local' || affinity === 'lambda') && { affinity }),
  };
}
