import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

export interface HeartbeatPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** `SQS_HEARTBEAT_INTERVAL_MS`. */
  readonly intervalMillis: number;
  /** Keeps the trigger away from other workers for so many seconds from now. */
  extendVisibility(seconds: number): Promise<void>;
  /** Prolongs the lease to so many seconds from now; false when it is not ours any more. */
  renewLease(seconds: number): Promise<boolean>;
  /** Counts a beat that failed (metric `HeartbeatFailures`). */
  onFailure(): void;
}

export interface Heartbeat {
  /** Ends the beats at once. Resolves, without an error, when a beat that is on its way has been answered. */
  stop(): Promise<void>;
}

/** How long a lease or a visibility lasts from its last beat: two intervals (contract replies §5.3). */
export const beatSeconds = (intervalMillis: number): number => Math.ceil((2 * intervalMillis) / 1000);

/**
 * Keeps trigger and lease while a turn is worked on. The first beat is made at once and for the trigger alone: the
 * lease was just taken. A beat that fails is noted and the work goes on, because the fence guards every write.
 */
export function startHeartbeat(ports: HeartbeatPorts): Heartbeat {
  const stopped = new AbortController();
  const open = new Set<Promise<void>>();
  const start = (steps: readonly (() => Promise<void>)[]) => {
    const running: Promise<void> = all(ports, stopped.signal, steps).finally(() => open.delete(running));
    open.add(running);
  };
  void beat(ports, stopped.signal, start);
  return {
    stop: async () => {
      stopped.abort();
      await Promise.all(open);
    },
  };
}

async function beat(
  ports: HeartbeatPorts,
  signal: AbortSignal,
  start: (steps: readonly (() => Promise<void>)[]) => void,
): Promise<void> {
  const seconds = beatSeconds(ports.intervalMillis);
  let holdsLease = true;
  const visibility = () => ports.extendVisibility(seconds);
  const lease = async () => {
    // That the lease is gone is for the next write to say: it may be the turn itself that gave it back.
    if (holdsLease) holdsLease = await ports.renewLease(seconds);
  };
  // Not waited for: a beat that is answered late must not delay the next.
  start([visibility]);
  while (await paused(ports, signal)) start([visibility, lease]);
}

/** False when the beats are to end. */
const paused = ({ clock, intervalMillis }: HeartbeatPorts, signal: AbortSignal): Promise<boolean> =>
  clock.sleep(intervalMillis, signal).then(
    () => !signal.aborted,
    () => false,
  );

async function all(
  { log, onFailure }: HeartbeatPorts,
  signal: AbortSignal,
  steps: readonly (() => Promise<void>)[],
): Promise<void> {
  const results = await Promise.allSettled(steps.map((step) => step()));
  const failed = results.find((result) => result.status === 'rejected');
  if (signal.aborted) return;
  if (!failed) {
    log.info('heartbeat');
    return;
  }
  onFailure();
  log.warn('heartbeat_failed', { error: describeError(failed.reason) });
}
