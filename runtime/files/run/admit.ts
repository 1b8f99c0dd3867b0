import { createHash } from 'node:crypto';
import { asRecord } from '../../core/json.ts';
import type { RunEvent } from '../event/types.ts';
import { NotFoundError } from '../store/errors.ts';
import type { ExecutionRecord, ExecutionState } from '../store/execution-record.ts';
import type { TransitionResult, VerdictState } from '../store/execution-store.ts';
import { readManifest } from '../store/manifest.ts';
import { openRecord } from './open-record.ts';
import type { RunOutcome, StoredResult } from './outcome.ts';
import type { RunPorts } from './ports.ts';

/** The record that an event may run, or why nothing is run. */
export type Admission = { readonly record: ExecutionRecord } | { readonly outcome: RunOutcome };

/** Compares an event with its record, before any lock (contract files §2, §3.4: B3, B21). */
export async function admit(event: RunEvent, ports: RunPorts): Promise<Admission> {
  const found = await ports.store.get(event.executionId);
  if (event.attempt !== undefined && event.attempt !== (found?.attempt ?? 0))
    return { outcome: superseded(event, found, ports) };
  const record = found ?? (await openRecord(event, ports));
  switch (record.state) {
    case 'SUCCEEDED':
    case 'PARTIAL':
    case 'REJECTED':
    case 'DEAD':
      return { outcome: await finishedBefore(event, record, ports) };
    case 'PENDING':
      // A direct call starts it; of an attempt that was handed back the detector makes a new one.
      return event.attempt === undefined ? dispatchHere(event, record, ports) : stale(event, record, ports);
    case 'DISPATCHED':
      return record.cancelRequestedAt === undefined ? { record } : bury(record, ports);
    case 'RUNNING':
      return { record };
    default:
      return event.attempt === undefined ? waiting(record, ports) : stale(event, record, ports);
  }
}

/** The event's attempt is over, or another one's. */
export function superseded(
  event: Pick<RunEvent, 'executionId' | 'attempt'>,
  record: ExecutionRecord | undefined,
  { log, metrics }: Pick<RunPorts, 'log' | 'metrics'>,
): RunOutcome {
  const recordAttempt = record?.attempt ?? 0;
  metrics.count('SupersededEvent');
  log.warn('event_superseded', {
    event_attempt: event.attempt,
    record_attempt: recordAttempt,
    state: record?.state ?? 'none',
  });
  return { kind: 'superseded', eventAttempt: event.attempt, recordAttempt };
}

const stale = (event: RunEvent, record: ExecutionRecord, ports: RunPorts): Admission => ({
  outcome: superseded(event, record, ports),
});

const ended = ({ state, errorClass }: ExecutionRecord): RunOutcome => ({ kind: 'ended', state, errorClass });

/** The detector has it; a direct caller may ask again later. */
function waiting(record: ExecutionRecord, { clock }: RunPorts): Admission {
  const millis = Date.parse(record.nextRetryAt ?? '') - clock.nowMillis();
  const retryAfterSeconds = Math.max(1, Math.ceil((Number.isNaN(millis) ? 60_000 : millis) / 1000));
  return { outcome: { kind: 'busy', retryAfterSeconds } };
}

async function bury(record: ExecutionRecord, ports: RunPorts): Promise<Admission> {
  await ports.store.bury(record, { errorClass: 'CANCELLED', reason: 'cancelled' });
  ports.log.info('execution_cancelled');
  return { outcome: { kind: 'cancelled' } };
}

async function dispatchHere(event: RunEvent, record: ExecutionRecord, ports: RunPorts): Promise<Admission> {
  const result = await ports.store.dispatch(record, { target: ports.target, reason: 'direct' });
  return admitted(event, result, ports);
}

/** The record that a transition left, or that somebody else was faster. */
function admitted(event: RunEvent, result: TransitionResult, ports: RunPorts): Admission {
  return result.status === 'done'
    ? { record: result.record }
    : { outcome: superseded(event, result.record, ports) };
}

const isVerdict = (state: ExecutionState): state is VerdictState =>
  state === 'SUCCEEDED' || state === 'PARTIAL' || state === 'REJECTED';

/** The stored result, when the event is of the same delivery (B3). */
export async function finishedBefore(
  event: RunEvent,
  record: ExecutionRecord,
  ports: RunPorts,
): Promise<RunOutcome> {
  const { manifestKey, state } = record;
  if (!isVerdict(state) || manifestKey === undefined || !(await isSameDelivery(event, record, ports)))
    return ended(record);
  const manifest = await readManifest(ports.storage, record.executionId, manifestKey);
  const result: StoredResult = asRecord(manifest.result);
  ports.log.info('execution_replayed', { state });
  return { kind: 'finished', state, result, isReplay: true };
}

async function isSameDelivery(event: RunEvent, record: ExecutionRecord, ports: RunPorts): Promise<boolean> {
  const { yaml, inputs } = event;
  const isOtherYaml =
    'text' in yaml && record.yamlSha256 !== undefined && record.yamlSha256 !== sha256Of(yaml.text);
  if (isOtherYaml) return false;
  // Lists in a file are the dispatcher's own.
  if ('ref' in inputs || event.attempt !== undefined) return true;
  if (inputs.length !== record.inputs.length) return false;
  for (const { sourceExecutionId, filename } of inputs) {
    const known = record.inputs.find(
      (one) => one.sourceExecutionId === sourceExecutionId && one.filename === filename,
    );
    if (!known) return false;
    if (known.sha256 !== undefined && (await hashOf(known, ports)) !== known.sha256) return false;
  }
  return true;
}

/** Of an input that was deleted meanwhile the recorded one. */
async function hashOf(input: ExecutionRecord['inputs'][number], { storage }: RunPorts) {
  try {
    return (await storage.stat(input.sourceExecutionId, input.filename)).sha256;
  } catch (error) {
    if (error instanceof NotFoundError) return input.sha256;
    throw error;
  }
}

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
