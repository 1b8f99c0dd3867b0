import type { Clock } from '../../core/clock.ts';

/** A clock that stands still until somebody moves it; a pause takes no time and moves it. */
export class ManualClock implements Clock {
  private now = Date.parse('2026-01-05T09:00:00Z');

  nowMillis(): number {
    return this.now;
  }

  async sleep(millis: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.advance(millis);
  }

  advance(millis: number): void {
    this.now += Math.max(0, millis);
  }
}
