import { describeError } from '../../core/errors.ts';
import type { RunEvent } from '../event/types.ts';
import { LockLostError } from '../store/errors.ts';
import type { ExecutionRecord } from '../store/execution-record.ts';
import { attemptFolder } from '../store/paths.ts';
import { publishErrorLog } from '../store/publish.ts';
import { errorLog, failureClass, failureOf } from './failure.ts';
import { FencedError, type RunFailure, type RunOutcome, SpecInvalidError, StoppedError } from './outcome.ts';
import type { RunPorts } from './ports.ts';
import { uploadLogs } from './upload.ts';

/** A run that did not come to its end. */
export interface Unfinished {
  readonly event: RunEvent;
  readonly ports: RunPorts;
  readonly record: ExecutionRecord | undefined;
  readonly isStarted: boolean;
  readonly isSealed: boolean;
  /** Folder of the outputs, where there is one. */
  readonly outputs?: string | undefined;
}

/** Writes down why a run stopped, as far as it still may; the outcome says it in any case. */
export async function settle(error: unknown, run: Unfinished): Promise<RunOutcome> {
  if (error instanceof LockLostError) return lockLost(run, error);
  const { record, isStarted, isSealed } = run;
  if (record && isStarted && !isSealed) {
    if (error instanceof StoppedError) return stopped(error, record, run);
    if (error instanceof SpecInvalidError) return specInvalid(error, record, run);
  }
  return failed(error, run);
}

/** Another worker has the execution: nothing is written here (B14). */
export function lockLost({ ports }: Pick<Unfinished, 'ports'>, error: LockLostError): RunFailure {
  const errorId = ports.newId();
  // The lock counts what it notices itself.
  if (error instanceof FencedError) ports.metrics.count('LockLost');
  ports.log.error('execution_lost', { error_id: errorId });
  return failureOf(error, errorId);
}

/** The record moved on, or it could not be written: then the detector finds it silent. */
async function written(
  run: Unfinished,
  write: () => Promise<{ readonly status: string }>,
): Promise<'done' | 'refused' | 'failed'> {
  try {
    return (await write()).status === 'done' ? 'done' : 'refused';
  } catch (error) {
    run.ports.log.error('record_not_written', { error: describeError(error) });
    return 'failed';
  }
}

async function stopped({ why }: StoppedError, record: ExecutionRecord, run: Unfinished): Promise<RunOutcome> {
  const { store, log } = run.ports;
  const isCancelled = why === 'cancelled';
  const status = await written(run, () =>
    isCancelled
      ? store.bury(record, { errorClass: 'CANCELLED', reason: 'cancelled' })
      : store.handBack(record),
  );
  if (status === 'refused') return lockLost(run, new FencedError());
  log.info(isCancelled ? 'execution_cancelled' : 'execution_handed_back', { attempt: record.attempt });
  return { kind: isCancelled ? 'cancelled' : 'handed-back' };
}

async function specInvalid(
  error: SpecInvalidError,
  record: ExecutionRecord,
  run: Unfinished,
): Promise<RunOutcome> {
  const { store, log } = run.ports;
  await storeLogs(error, record, run);
  const status = await written(run, () =>
    store.reject(record, { errorClass: 'CONFIG', reason: 'SPEC_INVALID' }),
  );
  if (status === 'refused') return lockLost(run, new FencedError());
  log.warn('execution_refused', { code: 'SPEC_INVALID', problems: error.problems.length });
  return { kind: 'refused', code: 'SPEC_INVALID', problems: error.problems };
}

async function failed(error: unknown, run: Unfinished): Promise<RunOutcome> {
  const { ports, record, isStarted, isSealed } = run;
  const failure = failureOf(error, ports.newId());
  const { code, errorId, isRetryable } = failure;
  ports.log.error('execution_failed', {
    attempt: record?.attempt,
    error_id: errorId,
    error_code: code,
    error: describeError(error),
    retryable: isRetryable,
  });
  // A manifest stands, or may: only its own verdict may be written. And a record that another runs is not ours.
  if (isSealed || !record || !(isStarted || record.state === 'DISPATCHED')) return failure;
  const hasLog = isStarted && (await storeLogs(error, record, run));
  const why = { errorClass: failureClass(code), errorId, reason: code, retryable: isRetryable };
  const status = await written(run, () => ports.store.fail(record, why));
  if (status === 'refused' && isStarted) return lockLost(run, new FencedError());
  if (status === 'done' && hasLog) await copyErrorLog(record, run);
  return failure;
}

/** False when not even `error.log` could be stored: the log line has the id (B17). */
async function storeLogs(error: unknown, record: ExecutionRecord, run: Unfinished): Promise<boolean> {
  const { executionId, attempt, ownerId = '' } = record;
  const place = { executionId, attempt, folder: attemptFolder(attempt, ownerId) };
  try {
    await uploadLogs(run.outputs, errorLog(error), place, run.ports);
    return true;
  } catch (cause) {
    run.ports.log.error('error_log_not_stored', { error: describeError(cause) });
    return false;
  }
}

/** To its plain name, after the state says so (contract files §7). */
async function copyErrorLog(record: ExecutionRecord, run: Unfinished): Promise<void> {
  try {
    await publishErrorLog(run.ports.storage, record);
  } catch (cause) {
    run.ports.log.warn('error_log_not_copied', { error: describeError(cause) });
  }
}
