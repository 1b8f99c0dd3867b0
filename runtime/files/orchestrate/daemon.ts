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
 * `once` it makes one pass and waits for it. False: the last pass failed.
 */
export async function runDaemon(ports: DaemonPorts, stop: AbortSignal, once = false): Promise<boolean> {
  const { pool, clock, log } = ports;
  // At once: a pass may wait for a slot for as long as an execution runs.
  const drain = () => {
    log.info('daemon_draining');
    void pool.drain();
  };
  stop.addEventListener('abort', drain, { once: true });
  if (stop.aborted) drain();
  let isGood = true;
  while (!stop.aborted) {
    isGood = await onePass(ports);
    if (once) break;
    await clock.sleep(POLL_MILLIS, stop).catch(() => undefined);
  }
  await pool.idle();
  stop.removeEventListener('abort', drain);
  return isGood;
}

async function onePass({ orchestrator, log, load, detect }: DaemonPorts): Promise<boolean> {
  try {
    await detect?.();
    const report = await orchestrator.pass(load());
    log.info('daemon_pass', { ...report });
    return true;
  } catch (error) {
    log.error('daemon_pass_failed', { error: describeError(error) });
    return false;
  }
}
