import { describeError } from '../../core/errors.ts';
import type { ExecutionRecord, ExecutionState } from '../store/execution-record.ts';
import type { StateQuery } from '../store/execution-store.ts';
import { Dispatches } from './dispatches.ts';
import { retryOrBury, settleStale } from './judge.ts';
import type { DetectorPorts } from './ports.ts';

/** An event may wait for its maximal age; so long after it nobody will run it. */
const DISPATCH_GRACE_SECONDS = 60;
/** A heartbeat may be as old as its lock and this. */
const HEARTBEAT_GRACE_SECONDS = 30;
const PENDING_SECONDS = 600;
/** A winner copies its outputs within this; else the detector does. */
const COPY_SECONDS = 60;

/** What a pass found and did. */
export interface DetectorReport {
  readonly stale: number;
  readonly dispatched: number;
  readonly published: number;
  readonly waiting: number;
}

/**
 * One pass of the only authority that retries (contract files §10): silent executions, failed ones, due ones, those
 * that nobody took, copies that are not complete. Two passes at once do no harm: every write is conditional.
 */
export async function detect(ports: DetectorPorts): Promise<DetectorReport> {
  const pass = new Pass(ports);
  const report = await pass.run();
  const { metrics, log } = ports;
  metrics.count('DetectorHeartbeat');
  metrics.value('StaleExecutions', report.stale, 'Count');
  metrics.value('QueueDepth', report.waiting, 'Count');
  metrics.value('QueueAge', pass.oldestSeconds, 'Seconds');
  log.info('detector_pass', { ...report });
  return report;
}

class Pass {
  oldestSeconds = 0;
  private stale = 0;
  private published = 0;
  private waiting = 0;
  private readonly nowMillis: number;
  private readonly dispatches: Dispatches;

  constructor(private readonly ports: DetectorPorts) {
    this.nowMillis = ports.clock.nowMillis();
    this.dispatches = new Dispatches(ports);
  }

  async run(): Promise<DetectorReport> {
    await this.takeFailures();
    await this.findSilent();
    await this.each('STALE', {}, (record) => settleStale(record, this.ports));
    await this.each('ERRORED', {}, (record) => retryOrBury(record, this.ports));
    await this.each('RETRY_WAIT', {}, (record) => this.redispatch(record));
    await this.each('PENDING', {}, (record) => this.takePending(record));
    for (const state of ['SUCCEEDED', 'PARTIAL', 'REJECTED'] as const)
      await this.each(
        state,
        { isUnpublished: true, updatedUntilMillis: this.nowMillis - COPY_SECONDS * 1000 },
        (record) => this.publish(record),
      );
    const { stale, published, waiting } = this;
    return { stale, published, waiting, dispatched: this.dispatches.count };
  }

  /** What Lambda dropped has never run. What failed while it ran wrote its own record, or falls silent. */
  private async takeFailures(): Promise<void> {
    if (this.ports.redrive === 'dry-run') return;
    for (const failure of await this.ports.failures())
      await this.guarded(failure.executionId, async () => {
        const record = await this.ports.store.get(failure.executionId);
        if (record?.state === 'DISPATCHED' && record.attempt === failure.attempt)
          await this.markStale(record, `lambda: ${failure.condition}`);
        await failure.done();
      });
  }

  private async findSilent(): Promise<void> {
    const { maxEventAgeSeconds, lockTtlSeconds } = this.ports;
    const dispatchedUntil = this.nowMillis - (maxEventAgeSeconds + DISPATCH_GRACE_SECONDS) * 1000;
    await this.each('DISPATCHED', { updatedUntilMillis: dispatchedUntil }, (record) =>
      this.markStale(record, 'nobody took it'),
    );
    const silentUntil = this.nowMillis - (lockTtlSeconds + HEARTBEAT_GRACE_SECONDS) * 1000;
    await this.each('RUNNING', { updatedUntilMillis: silentUntil }, async (record) => {
      const beatMillis = Date.parse(record.heartbeatAt ?? record.updatedAt);
      if (beatMillis <= silentUntil) await this.markStale(record, 'no heartbeat');
    });
  }

  private async markStale(record: ExecutionRecord, reason: string): Promise<void> {
    const { store, log, redrive } = this.ports;
    this.stale += 1;
    const { executionId: execution_id, attempt, state } = record;
    log.warn('execution_stale', { execution_id, attempt, state, reason });
    if (redrive !== 'dry-run') await store.markStale(record, reason);
  }

  private async redispatch(record: ExecutionRecord): Promise<void> {
    this.count(record);
    if (Date.parse(record.nextRetryAt ?? record.updatedAt) <= this.nowMillis)
      await this.dispatches.again(record);
  }

  private async takePending(record: ExecutionRecord): Promise<void> {
    this.count(record);
    if (Date.parse(record.updatedAt) <= this.nowMillis - PENDING_SECONDS * 1000)
      await this.dispatches.send(record, 'pending too long');
  }

  private count({ createdAt }: ExecutionRecord): void {
    this.waiting += 1;
    const seconds = (this.nowMillis - Date.parse(createdAt)) / 1000;
    this.oldestSeconds = Math.max(this.oldestSeconds, seconds);
  }

  private async publish(record: ExecutionRecord): Promise<void> {
    if (this.ports.redrive === 'dry-run') return;
    await this.ports.publication.publish(record);
    this.published += 1;
    this.ports.log.info('publication_finished', { execution_id: record.executionId });
  }

  private async each(
    state: ExecutionState,
    query: StateQuery,
    work: (record: ExecutionRecord) => Promise<unknown>,
  ): Promise<void> {
    for await (const record of this.ports.store.byState(state, query))
      await this.guarded(record.executionId, () => work(record));
  }

  /** One execution that cannot be handled keeps no other one waiting. */
  private async guarded(execution_id: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.ports.log.error('detector_failed', { execution_id, error: describeError(error) });
    }
  }
}
