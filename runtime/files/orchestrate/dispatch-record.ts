import type { Clock } from '../../core/clock.ts';
import { queueText } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import { backoffSeconds, REDRIVE } from '../backoff.ts';
import { eventOf, INPUTS_FILE, inputsData } from '../event/write-event.ts';
import type { ExecutionRecord } from '../store/execution-record.ts';
import type { ExecutionStore } from '../store/execution-store.ts';
import type { StorageAdapter } from '../store/storage.ts';
import type { DispatchAnswer, Dispatcher } from './dispatcher.ts';

/** A larger event holds references only (contract files §3.3). */
export const MAX_EVENT_BYTES = 200 * 1024;

export interface DispatchPorts {
  readonly storage: StorageAdapter;
  readonly store: ExecutionStore;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Default 200 KiB. */
  readonly maxEventBytes?: number;
}

/** The event of a record's present attempt; a long list of inputs is put into the storage first. */
async function claimedEvent(
  record: ExecutionRecord,
  { storage, maxEventBytes = MAX_EVENT_BYTES }: Pick<DispatchPorts, 'storage' | 'maxEventBytes'>,
): Promise<string> {
  const whole = queueText(eventOf(record, false));
  if (Buffer.byteLength(whole) <= maxEventBytes) return whole;
  const list = Buffer.from(JSON.stringify(inputsData(record.inputs)));
  await storage.writeFile(record.executionId, INPUTS_FILE, list);
  return queueText(eventOf(record, true));
}

/** How a dispatch to Lambda ended; `moved`: somebody else had it. */
export type Dispatched =
  | { readonly status: 'accepted'; readonly record: ExecutionRecord }
  | { readonly status: 'moved' }
  | {
      readonly status: 'busy' | 'refused';
      readonly cause: string;
      /** Still DISPATCHED. */
      readonly record: ExecutionRecord;
    };

/** Writes DISPATCHED, then sends: what is sent twice has two attempts, and the first is refused. */
export async function dispatchToLambda(
  record: ExecutionRecord,
  reason: string,
  ports: DispatchPorts,
): Promise<Dispatched> {
  const { store, log, dispatcher } = ports;
  const result = await store.dispatch(record, { target: 'lambda', reason });
  if (result.status !== 'done') return { status: 'moved' };
  const { executionId: execution_id, attempt } = result.record;
  const answer: DispatchAnswer = await dispatcher.send(await claimedEvent(result.record, ports));
  if (answer.status === 'accepted') {
    log.info('execution_dispatched', { execution_id, attempt, reason });
    return { status: 'accepted', record: result.record };
  }
  log.warn('dispatch_failed', { execution_id, attempt, status: answer.status, error: answer.cause });
  return { ...answer, record: result.record };
}

/** Gives a record whose event was not taken back to the detector. */
export const waitAndRetry = (
  record: ExecutionRecord,
  reason: string,
  { store, clock, random }: Pick<DispatchPorts, 'store' | 'clock' | 'random'>,
) => {
  const pauseSeconds = backoffSeconds(record.attempt, REDRIVE, random);
  return store.retryLater(record, {
    nextRetryAtMillis: clock.nowMillis() + pauseSeconds * 1000,
    reason,
  });
};

/** After a refusal without a way out: an operator sees it when its attempts are used up. */
export const refusedByLambda = (record: ExecutionRecord, { store }: Pick<DispatchPorts, 'store'>) =>
  store.fail(record, { errorClass: 'DISPATCH', reason: 'DISPATCH_REFUSED', retryable: false });
