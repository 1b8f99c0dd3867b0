import type { Clock } from '../../runtime/core/clock.ts';

interface Sleeper {
  readonly dueMillis: number;
  readonly order: number;
  readonly wake: () => void;
}

export interface FakeClockOptions {
  /** Default 2026-11-21T10:00:00Z. */
  readonly startMillis?: number;
  /**
   * True (default): whenever nothing else is left to do, time jumps to the next sleeper, so sleeps cost no
   * real time and parallel sleeps overlap. False: time stands still until `advance`.
   */
  readonly auto?: boolean;
}

/** A clock for tests and simulations. Sleepers wake in the order of their times, equal times in call order. */
export class FakeClock implements Clock {
  /** Every pause asked for, in milliseconds. */
  readonly slept: number[] = [];
  private now: number;
  private readonly auto: boolean;
  private readonly sleepers: Sleeper[] = [];
  private order = 0;
  private pumping = false;

  constructor({ startMillis = Date.parse('2026-11-21T10:00:00Z'), auto = true }: FakeClockOptions = {}) {
    this.now = startMillis;
    this.auto = auto;
  }

  nowMillis(): number {
    return this.now;
  }

  /** How many sleepers wait. */
  get waiting(): number {
    return this.sleepers.length;
  }

  /** When the next sleeper wakes. */
  get nextMillis(): number | undefined {
    return this.sleepers[0]?.dueMillis;
  }

  sleep(millis: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(millis);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = {
        dueMillis: this.now + Math.max(0, millis),
        order: this.order++,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.remove(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.insert(sleeper);
      if (this.auto) this.pump();
    });
  }

  /** Moves time on; everything due by then wakes on the way, and is given the chance to run. */
  async advance(millis: number): Promise<void> {
    const end = this.now + millis;
    for (let next = this.sleepers[0]; next && next.dueMillis <= end; next = this.sleepers[0]) {
      this.wakeNext();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.now = Math.max(this.now, end);
  }

  /** Moves time on at once, waking nobody before its time is seen by the next pump. */
  jump(millis: number): void {
    this.now += millis;
  }

  /** Forgets all sleepers: they never wake. For the end of a simulation. */
  stop(): void {
    this.sleepers.length = 0;
  }

  private insert(sleeper: Sleeper): void {
    let index = this.sleepers.length;
    while (index > 0 && (this.sleepers[index - 1] as Sleeper).dueMillis > sleeper.dueMillis) index -= 1;
    this.sleepers.splice(index, 0, sleeper);
  }

  private remove(sleeper: Sleeper): void {
    const index = this.sleepers.indexOf(sleeper);
    if (index >= 0) this.sleepers.splice(index, 1);
  }

  private wakeNext(): void {
    const next = this.sleepers.shift();
    if (!next) return;
    this.now = Math.max(this.now, next.dueMillis);
    next.wake();
  }

  /** One sleeper a turn of the event loop: everything it sets going runs before the next wakes. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      this.wakeNext();
      if (this.sleepers.length > 0) this.pump();
    });
  }
}
