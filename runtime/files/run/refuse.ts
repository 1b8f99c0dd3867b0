import { describeError } from '../../core/errors.ts';
import type { EventProblem } from '../event/types.ts';
import type { ExecutionRecord } from '../store/execution-record.ts';
import type { RefusalCode, RunOutcome } from './outcome.ts';
import type { RunPorts } from './ports.ts';

/** An event that is refused. */
export interface RefusedEvent {
  /** Undefined where the event does not even name it. */
  readonly executionId: string | undefined;
  readonly attempt: unknown;
}

export interface Refusal {
  readonly refusal: Exclude<RefusalCode, 'SPEC_INVALID'>;
  readonly problems: readonly EventProblem[];
}

/** Ends an execution whose event is wrong, without a lock (B2). One that somebody runs, or that ended, stays. */
export async function refuse(
  event: RefusedEvent,
  { refusal, problems }: Refusal,
  ports: RunPorts,
): Promise<RunOutcome> {
  const { log } = ports;
  log.warn('execution_refused', { code: refusal, problems: problems.length });
  try {
    if (event.executionId !== undefined) await reject(event.executionId, event.attempt, refusal, ports);
  } catch (error) {
    log.error('record_not_written', { error: describeError(error) });
  }
  return { kind: 'refused', code: refusal, problems };
}

async function reject(
  executionId: string,
  attempt: unknown,
  reason: string,
  { store }: RunPorts,
): Promise<void> {
  const found = await store.get(executionId);
  if (!found && attempt !== undefined) return;
  const record = found ?? (await store.create({ executionId })).record;
  if (isWaitingFor(record, attempt)) await store.reject(record, { errorClass: 'CONFIG', reason });
}

/** Only the event that a record waits for may end it. */
const isWaitingFor = ({ state, attempt }: ExecutionRecord, eventAttempt: unknown): boolean =>
  eventAttempt === undefined
    ? state === 'PENDING' && attempt === 0
    : state === 'DISPATCHED' && eventAttempt === attempt;
