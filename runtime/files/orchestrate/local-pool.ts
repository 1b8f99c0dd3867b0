import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';

/** Runs one event to its end; the signal asks it to stop and hand back. Rejects when its worker died. */
export type LocalRunner = (event: object, drain: AbortSignal) => Promise<void>;

/** The host's own slots (contract files §3.3). A slot is free again when its run has ended, however it did. */
export class LocalPool {
  private readonly running = new Set<Promise<void>>();
  private readonly draining = new AbortController();
  private waiting: (() => void)[] = [];

  constructor(
    private readonly size: number,
    private readonly run: LocalRunner,
    private readonly log: Log,
  ) {}

  get free(): number {
    return this.isDraining ? 0 : Math.max(0, this.size - this.running.size);
  }

  get isDraining(): boolean {
    return this.draining.signal.aborted;
  }

  /** Takes a slot. Throws when none is free: look before. */
  start(event: object): void {
    if (this.free === 0) throw new Error('No local slot is free.');
    const work: Promise<void> = this.run(event, this.draining.signal)
      // Its record falls silent, and the detector sees to it.
      .catch((error: unknown) => this.log.error('local_worker_died', { error: describeError(error) }))
      .finally(() => {
        this.running.delete(work);
        const woken = this.waiting;
        this.waiting = [];
        for (const wake of woken) wake();
      });
    this.running.add(work);
  }

  /** Resolves when a slot has been freed. */
  freed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Until every run has ended by itself. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** Asks all runs to stop and hand back, and waits for them. No slot is given out any more. */
  async drain(): Promise<void> {
    this.draining.abort();
    await this.idle();
  }
}
