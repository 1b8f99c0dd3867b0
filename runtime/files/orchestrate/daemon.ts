import type { Clock } from '../../core/clock.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { SystemLoad } from './decide.ts';
import type { LocalPool } from './local-pool.ts';
import type { LambdaOrchestrator } from './orchestrator.ts';

const POLL_MILLIS = 60_000;

export interface DaemonPorts {
  readonly orchestrator: Pick<LambdaOrchestrator, 'pass'>;
  readonly pool: LocalPool;
  readonly clock: Clock;
  readonly log: Log;
  readonly load: () => SystemLoad | undefined;
  /** A detector's pass, for a host without Lambda. */
  readonly detect?: () => Promise<unknown>;
}

/**
 * Polls once a minute until the signal aborts; then running executions hand back what they have not finished. With
 * `once` it makes one pass and waits for it.
 */
export async function runDaemon(ports: DaemonPorts, stop: AbortSignal, once = false): Promise<void> {
  const { orchestrator, pool, clock, log, load, detect } = ports;
  do {
    try {
      await detect?.();
      const report = await orchestrator.pass(load());
      log.info('daemon_pass', { ...report });
    } catch (error) {
      log.error('daemon_pass_failed', { error: describeError(error) });
    }
    if (once) return pool.idle();
    await clock.sleep(POLL_MILLIS, stop).catch(() => undefined);
  } while (!stop.aborted);
  log.info('daemon_draining');
  await pool.drain();
}
