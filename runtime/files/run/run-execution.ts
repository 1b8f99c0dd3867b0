import { describeError } from '../../core/errors.ts';
import { FilesError } from '../errors.ts';
import type { RunEvent } from '../event/types.ts';
import { LockHeldError, LockLostError } from '../store/errors.ts';
import type { HeldLock } from '../store/execution-lock.ts';
import type { ExecutionRecord } from '../store/execution-record.ts';
import { admit, finishedBefore, superseded } from './admit.ts';
import type { Material } from './bring.ts';
import { checkSources, readMaterial } from './material.ts';
import { RefusedError, type RunOutcome } from './outcome.ts';
import type { RunPorts } from './ports.ts';
import { processAttempt } from './process-attempt.ts';
import { refuse } from './refuse.ts';
import { lockLost, settle } from './settle.ts';
import { Stopper } from './stop.ts';

export interface RunRequest {
  readonly event: RunEvent;
  /** Of this run alone. */
  readonly ownerId: string;
  /** When the function's time ends; undefined: never. */
  readonly deadlineMillis?: number;
  /** Aborts when the host wants to stop. */
  readonly drain?: AbortSignal;
}

/** A run, with what it has found out so far. */
export interface Run extends RunRequest {
  readonly ports: RunPorts;
  readonly stopper: Stopper;
  /** As read, and as the last own write left it. */
  record: ExecutionRecord;
  /** This run owns the record. */
  isStarted: boolean;
  /** Its manifest stands: nothing may call the attempt failed any more. */
  isSealed: boolean;
}

/**
 * Runs one attempt of an execution, in Lambda and on a host alike (contract files §2, step 3). Never throws: what
 * went wrong is in the outcome, and in the record as far as that could be written.
 */
export async function runExecution(request: RunRequest, given: RunPorts): Promise<RunOutcome> {
  const { event } = request;
  const bound = { execution_id: event.executionId, ...(event.trace && { trace: event.trace }) };
  const ports = { ...given, log: given.log.with(bound) };
  const stopper = new Stopper(ports.clock, request.deadlineMillis, request.drain);
  let record: ExecutionRecord | undefined;
  try {
    const admission = await admit(event, ports);
    if ('outcome' in admission) return admission.outcome;
    record = admission.record;
    checkSources(event, record);
    const material = await readMaterial(event, record, ports);
    const run = { ...request, ports, stopper, record, isStarted: false, isSealed: false };
    return await underLock(run, material);
  } catch (error) {
    if (error instanceof RefusedError) return await refuse(event, error, ports);
    return await settle(error, { event, ports, record, isStarted: false, isSealed: false });
  } finally {
    stopper.end();
  }
}

async function underLock(run: Run, material: Material): Promise<RunOutcome> {
  const { ports, event, ownerId } = run;
  let isInside = false;
  const work = (held: HeldLock) => {
    isInside = true;
    return attempt(run, material, held);
  };
  try {
    return await ports.lock.withLock(event.executionId, work, { ownerId, beat: () => beat(run) });
  } catch (error) {
    if (error instanceof LockHeldError) return busy(error, ports);
    if (error instanceof LockLostError) return lockLost(run, error);
    if (isInside) throw error;
    const cause = describeError(error).split(' ')[0] ?? '';
    throw new FilesError('LOCK_STORE_UNAVAILABLE', 'transient', { cause }, { cause: error });
  }
}

/** The holder lives; if it dies, the detector sees it (B4). */
function busy({ holder, retryAfterSeconds = 1 }: LockHeldError, { log, metrics }: RunPorts): RunOutcome {
  metrics.count('DuplicateDelivery');
  log.info('execution_busy', { holder: holder.ownerId, retry_after_seconds: retryAfterSeconds });
  return { kind: 'busy', retryAfterSeconds };
}

/** With each refresh of the lock; false: the record is another's. */
async function beat(run: Run): Promise<boolean> {
  if (!run.isStarted || run.isSealed) return true;
  const { isOwn, isCancelled } = await run.ports.store.heartbeat(run.record);
  if (isCancelled) run.stopper.cancel();
  return isOwn;
}

async function attempt(run: Run, material: Material, held: HeldLock): Promise<RunOutcome> {
  const { ports, event } = run;
  try {
    const started = await ports.store.start(run.record, held.ownerId);
    if (started.status !== 'done') return await overtaken(event, started.record, ports);
    run.record = started.record;
    run.isStarted = true;
    return await processAttempt(run, material, held);
  } catch (error) {
    const reason = held.signal.aborted ? held.signal.reason : error;
    return settle(
      run.stopper.signal.aborted && !held.signal.aborted ? run.stopper.signal.reason : reason,
      run,
    );
  }
}

/** Somebody else moved the record since it was read: it may have finished meanwhile. */
async function overtaken(
  event: RunEvent,
  record: ExecutionRecord | undefined,
  ports: RunPorts,
): Promise<RunOutcome> {
  if (record?.manifestKey !== undefined && record.attempt === (event.attempt ?? record.attempt))
    return finishedBefore(event, record, ports);
  return superseded(event, record, ports);
}
