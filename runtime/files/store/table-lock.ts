import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { LockHeldError } from './errors.ts';
import type {
  AcquireResult,
  ExecutionLock,
  ForceRelease,
  HeldLock,
  LockHolder,
  WithLockOptions,
} from './execution-lock.ts';
import { Heartbeat, marginSeconds } from './heartbeat.ts';
import type { LockItem, LockTable } from './lock-table.ts';
import type { FilesMetrics } from './metrics.ts';
import { checkedExecutionId, checkedOwnerId } from './paths.ts';

export interface TableLockOptions {
  readonly table: LockTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: FilesMetrics;
  /** Default 3600; for runs with a heartbeat 120. Above 0. */
  readonly ttlSeconds?: number;
  /** Stands before every key, so that environments never share a lock. Default: none. */
  readonly keyNamespace?: string;
  /** From 0 to below 1, for the heartbeat's jitter. Default `Math.random`. */
  readonly random?: () => number;
}

/** The lock of executions over a table of either kind. */
export class TableLock implements ExecutionLock {
  readonly ttlSeconds: number;

  constructor(private readonly options: TableLockOptions) {
    this.ttlSeconds = options.ttlSeconds ?? 3600;
  }

  async acquire(executionId: string, ownerId: string = randomUUID()): Promise<AcquireResult> {
    const { table, metrics, log } = this.options;
    const nowSeconds = this.nowSeconds();
    const expiresAtSeconds = this.expiry(nowSeconds);
    const result = await table.take({
      key: this.keyOf(executionId),
      ownerId: checkedOwnerId(ownerId),
      nowSeconds,
      expiresAtSeconds,
      expiredBySeconds: nowSeconds - marginSeconds(this.ttlSeconds),
    });
    if (!result.isTaken) {
      metrics.count('LockHeld');
      return { acquired: false, holder: this.holderOf(result.item) };
    }
    const { previousOwnerId } = result;
    const tookOverFrom = previousOwnerId === ownerId ? undefined : previousOwnerId;
    if (tookOverFrom !== undefined) {
      metrics.count('LockTakeover');
      log.warn('lock_taken_over', { execution_id: executionId, owner_id: ownerId, from: tookOverFrom });
    }
    return { acquired: true, ownerId, expiresAtSeconds, tookOverFrom };
  }

  async release(executionId: string, ownerId: string): Promise<boolean> {
    return this.options.table.remove(this.keyOf(executionId), ownerId);
  }

  async refresh(executionId: string, ownerId: string): Promise<boolean> {
    const nowSeconds = this.nowSeconds();
    return this.options.table.extend(this.keyOf(executionId), ownerId, nowSeconds, this.expiry(nowSeconds));
  }

  async inspect(executionId: string): Promise<LockHolder | undefined> {
    const item = await this.options.table.read(this.keyOf(executionId));
    return item && this.holderOf(item);
  }

  async forceRelease(executionId: string, { by, reason }: ForceRelease): Promise<LockHolder | undefined> {
    const item = await this.options.table.removeAny(this.keyOf(executionId));
    const fields = { execution_id: executionId, owner_id: item?.ownerId, by, reason };
    this.options.log.warn('lock_force_released', fields);
    return item && this.holderOf(item);
  }

  async withLock<T>(
    executionId: string,
    work: (held: HeldLock) => Promise<T>,
    { ownerId: wanted, beat }: WithLockOptions = {},
  ): Promise<T> {
    const { clock, metrics, log, random = Math.random } = this.options;
    const acquiredAtMillis = clock.nowMillis();
    const result = await this.acquire(executionId, wanted);
    if (!result.acquired) throw new LockHeldError(result.holder);
    const { ownerId, tookOverFrom } = result;
    const heartbeat = new Heartbeat({
      beat: async () => (await this.refresh(executionId, ownerId)) && (beat === undefined || (await beat())),
      ttlSeconds: this.ttlSeconds,
      acquiredAtMillis,
      clock,
      random,
      log: log.with({ execution_id: executionId, owner_id: ownerId }),
      onLost: () => metrics.count('LockLost'),
    });
    try {
      const { signal } = heartbeat;
      return await work({ ownerId, tookOverFrom, signal, assertHeld: () => heartbeat.assertHeld() });
    } finally {
      heartbeat.stop();
      await this.releaseQuietly(executionId, ownerId, heartbeat.signal.aborted);
    }
  }

  /** A lock that stays lapses by its TTL; the run's result counts. */
  private async releaseQuietly(executionId: string, ownerId: string, isLost: boolean): Promise<void> {
    const { metrics, log } = this.options;
    const fields = { execution_id: executionId, owner_id: ownerId };
    try {
      if ((await this.release(executionId, ownerId)) || isLost) return;
      log.warn('lock_release_failed', { ...fields, error: 'another holds it, or nobody' });
    } catch (error) {
      log.warn('lock_release_failed', { ...fields, error: describeError(error) });
    }
    metrics.count('LockReleaseFailed');
  }

  private keyOf(executionId: string): string {
    const { keyNamespace } = this.options;
    const id = checkedExecutionId(executionId);
    return keyNamespace ? `${keyNamespace}:${id}` : id;
  }

  private nowSeconds(): number {
    return this.options.clock.nowMillis() / 1000;
  }

  /** Whole seconds, as DynamoDB's TTL wants them; the holder itself counts exactly, so it stops no later. */
  private expiry(nowSeconds: number): number {
    return Math.ceil(nowSeconds) + this.ttlSeconds;
  }

  private holderOf({ ownerId, expiresAtSeconds, acquiredAtSeconds }: LockItem): LockHolder {
    const nowSeconds = this.nowSeconds();
    return {
      ownerId,
      expiresAtSeconds,
      secondsLeft: expiresAtSeconds - nowSeconds,
      ageSeconds: acquiredAtSeconds === undefined ? undefined : nowSeconds - acquiredAtSeconds,
    };
  }
}
