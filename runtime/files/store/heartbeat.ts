import type { Clock } from '../../core/clock.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { LockLostError } from './errors.ts';

/** Longest time between two beats. */
const MAX_INTERVAL_SECONDS = 30;
/** Beats that may fail in a row before the run stops. */
const MAX_FAILURES = 2;

/** For skewed clocks: holders stop one margin before the expiry, challengers wait one margin after it. */
export const marginSeconds = (ttlSeconds: number): number => Math.min(5, ttlSeconds / 10);

export interface HeartbeatOptions {
  /** Refreshes the lock, and whatever else shows that the run lives. False: it is another's. */
  readonly beat: () => Promise<boolean>;
  readonly ttlSeconds: number;
  /** When the lock was asked for, in epoch milliseconds. */
  readonly acquiredAtMillis: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onLost?: () => void;
}

/** Keeps a lock alive; aborts the run when that fails twice in a row, is refused, or comes too late. */
export class Heartbeat {
  private readonly lost = new AbortController();
  private readonly stopped = new AbortController();
  private heldUntilMillis: number;

  constructor(private readonly options: HeartbeatOptions) {
    this.heldUntilMillis = this.heldFrom(options.acquiredAtMillis);
    void this.beat();
    void this.watch();
  }

  /** Aborts with `LockLostError`. */
  get signal(): AbortSignal {
    return this.lost.signal;
  }

  /** Throws `LockLostError` when the lock is lost, also where this process stood still and no timer ran. */
  assertHeld(): void {
    if (this.options.clock.nowMillis() >= this.heldUntilMillis) this.lose('expired');
    this.signal.throwIfAborted();
  }

  stop(): void {
    this.stopped.abort();
  }

  private heldFrom(millis: number): number {
    const { ttlSeconds } = this.options;
    return millis + (ttlSeconds - marginSeconds(ttlSeconds)) * 1000;
  }

  private async beat(): Promise<void> {
    const { clock, random, ttlSeconds, beat, log } = this.options;
    const intervalMillis = Math.min(ttlSeconds / 3, MAX_INTERVAL_SECONDS) * 1000;
    for (let failures = 0; await this.pause(intervalMillis * (0.8 + 0.2 * random())); ) {
      const startMillis = clock.nowMillis();
      try {
        if (!(await beat())) return this.lose('refused');
        failures = 0;
        this.heldUntilMillis = this.heldFrom(startMillis);
      } catch (error) {
        failures += 1;
        log.warn('heartbeat_failed', { failures, error: describeError(error) });
        if (failures >= MAX_FAILURES) return this.lose('failed');
      }
    }
  }

  /** A beat that never comes back must not keep the run going. */
  private async watch(): Promise<void> {
    const leftMillis = () => this.heldUntilMillis - this.options.clock.nowMillis();
    while (leftMillis() > 0) if (!(await this.pause(leftMillis()))) return;
    this.lose('expired');
  }

  /** False when the heart has stopped. */
  private async pause(millis: number): Promise<boolean> {
    const { signal } = this.stopped;
    await this.options.clock.sleep(millis, signal).catch(() => undefined);
    return !signal.aborted;
  }

  private lose(reason: string): void {
    if (this.stopped.signal.aborted) return;
    this.stop();
    this.options.log.error('lock_lost', { reason });
    this.options.onLost?.();
    this.lost.abort(new LockLostError());
  }
}
