import { FilesError } from '../errors.ts';
import { StoppedError } from './outcome.ts';
import type { RunPorts } from './ports.ts';

/** A run ends so long before the function's time does (contract files §3.4, B13). */
export const MARGIN_MILLIS = 45_000;

/** What may stop a run besides the loss of its lock: the end of its time, a cancellation, a host that drains. */
export class Stopper {
  private readonly controller = new AbortController();
  private readonly over = new AbortController();

  constructor(
    private readonly clock: RunPorts['clock'],
    private readonly deadlineMillis: number | undefined,
    drain: AbortSignal | undefined,
  ) {
    const stop = () => this.controller.abort(new StoppedError('drained'));
    if (drain?.aborted) stop();
    drain?.addEventListener('abort', stop, { once: true, signal: this.over.signal });
    if (deadlineMillis !== undefined) void this.watch(deadlineMillis);
  }

  /** The reason is what happened. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  cancel(): void {
    this.controller.abort(new StoppedError('cancelled'));
  }

  /** Throws the reason to stop; sees the end of the time also where no timer could run. */
  check(): void {
    if (this.deadlineMillis !== undefined && this.clock.nowMillis() >= this.deadlineMillis - MARGIN_MILLIS)
      this.expire();
    this.signal.throwIfAborted();
  }

  /** Nothing is to be stopped any more. */
  end(): void {
    this.over.abort();
  }

  private async watch(deadlineMillis: number): Promise<void> {
    const millis = deadlineMillis - MARGIN_MILLIS - this.clock.nowMillis();
    if (millis <= 0) return this.expire();
    await this.clock.sleep(millis, this.over.signal).then(
      () => this.expire(),
      () => undefined,
    );
  }

  private expire(): void {
    this.controller.abort(new FilesError('TIMEOUT_IMMINENT', 'transient'));
  }
}
