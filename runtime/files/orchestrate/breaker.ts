import type { Clock } from '../../core/clock.ts';

/** Failures in a row that open it, and for how long (contract files §3.3). */
const FAILURES = 5;
const OPEN_MILLIS = 60_000;

/** Keeps calls away from a service that fails: after five failures in a row for 60 s, then one is let through. */
export class CircuitBreaker {
  private failures = 0;
  private openUntilMillis = 0;
  private isTrying = false;

  constructor(private readonly clock: Pick<Clock, 'nowMillis'>) {}

  /** Whether calls are kept away now. */
  get isOpen(): boolean {
    return this.failures >= FAILURES && (this.isTrying || this.clock.nowMillis() < this.openUntilMillis);
  }

  /** Says that a call is made; while it was open, only one is until its outcome is known. */
  begin(): void {
    this.isTrying = this.failures >= FAILURES;
  }

  succeeded(): void {
    this.failures = 0;
    this.isTrying = false;
  }

  failed(): void {
    this.failures += 1;
    this.isTrying = false;
    if (this.failures >= FAILURES) this.openUntilMillis = this.clock.nowMillis() + OPEN_MILLIS;
  }
}
