import { MAX_ATTEMPTS } from '../backoff.ts';
import { waitAndRetry } from '../orchestrate/dispatch-record.ts';
import type { ExecutionRecord } from '../store/execution-record.ts';
import type { DetectorPorts } from './ports.ts';

type JudgePorts = Pick<
  DetectorPorts,
  'store' | 'clock' | 'random' | 'log' | 'publication' | 'metrics' | 'redrive'
>;

/** The verdict of a whole manifest that the silent attempt left; else another attempt, or the end. */
export async function settleStale(record: ExecutionRecord, ports: JudgePorts): Promise<void> {
  const { store, publication, log, redrive } = ports;
  if (redrive === 'dry-run') return;
  const { executionId: execution_id, attempt } = record;
  const sealed = await publication.sealedBy(record);
  if (sealed) {
    const finished = await store.finish(record, sealed);
    if (finished.status !== 'done') return;
    log.info('execution_reconciled', { execution_id, attempt, state: sealed.state });
    return publication.publish(finished.record);
  }
  const waiting = await waitAndRetry(record, 'stale', ports);
  if (waiting.status === 'done' && attempt >= MAX_ATTEMPTS)
    await bury(waiting.record, 'STALE', 'attempts used up', ports);
}

/** Another attempt for what may be repeated, with a pause; else the end. */
export async function retryOrBury(record: ExecutionRecord, ports: JudgePorts): Promise<void> {
  if (ports.redrive === 'dry-run') return;
  const { errorClass = 'INTERNAL', attempt, reason = '' } = record;
  if (!record.retryable) return bury(record, errorClass, reason || 'not to be repeated', ports);
  if (attempt >= MAX_ATTEMPTS) return bury(record, errorClass, 'attempts used up', ports);
  await waitAndRetry(record, reason, ports);
}

/** An operator is told, and may run it again. */
export async function bury(
  record: ExecutionRecord,
  errorClass: string,
  reason: string,
  { store, log }: Pick<JudgePorts, 'store' | 'log'>,
): Promise<void> {
  const { errorId, executionId: execution_id, attempt } = record;
  const result = await store.bury(record, {
    errorClass,
    reason,
    ...(errorId !== undefined && { errorId }),
  });
  if (result.status === 'done')
    log.critical('execution_dead', {
      execution_id,
      attempt,
      error_class: errorClass,
      error_id: errorId,
      reason,
    });
}
