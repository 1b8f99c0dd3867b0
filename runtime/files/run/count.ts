import type { ProcessResult } from '../process/result.ts';
import type { VerdictState } from '../store/execution-store.ts';
import type { LocalInput } from './ports.ts';
import type { Run } from './run-execution.ts';

/** The numbers of a run that came to its verdict (contract files §9). */
export function countFinished(
  { ports, record }: Run,
  processed: {
    readonly result: ProcessResult;
    readonly inputs: readonly LocalInput[];
    readonly startedMillis: number;
  },
  state: VerdictState,
): void {
  const { metrics, log, clock } = ports;
  const { counts } = processed.result;
  const millis = clock.nowMillis() - processed.startedMillis;
  const bytes = processed.inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  metrics.value('ProcessingTime', millis, 'Milliseconds');
  metrics.count('Rows', counts.records);
  metrics.count('Bytes', bytes);
  if (millis > 0) metrics.count('RowsPerSecond', (counts.records * 1000) / millis);
  log.info('execution_finished', {
    attempt: record.attempt,
    state,
    records: counts.records,
    errors: counts.errors,
    warnings: counts.warnings,
    bytes,
    millis,
  });
}
