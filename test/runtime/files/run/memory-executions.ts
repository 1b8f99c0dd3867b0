import type { Clock } from '../../../../runtime/core/clock.ts';
import type {
  ExecutionRecord,
  ExecutionState,
  NewExecution,
} from '../../../../runtime/files/store/execution-record.ts';
import type {
  ExecutionStore,
  Failed,
  Finished,
  StateQuery,
  TransitionResult,
} from '../../../../runtime/files/store/execution-store.ts';

import type { FilesMetric, FilesMetrics } from '../../../../runtime/files/store/metrics.ts';

type Change = Partial<ExecutionRecord>;

/** The transitions of contract files §2. */
const TRANSITIONS: Readonly<Record<ExecutionState, readonly ExecutionState[]>> = {
  PENDING: ['DISPATCHED', 'REJECTED', 'DEAD'],
  DISPATCHED: ['RUNNING', 'RETRY_WAIT', 'DISPATCHED', 'REJECTED', 'ERRORED', 'STALE', 'DEAD'],
  RUNNING: ['SUCCEEDED', 'PARTIAL', 'REJECTED', 'ERRORED', 'STALE', 'PENDING', 'DEAD', 'RUNNING'],
  ERRORED: ['RETRY_WAIT', 'DEAD'],
  STALE: ['RETRY_WAIT', 'SUCCEEDED', 'PARTIAL', 'REJECTED'],
  RETRY_WAIT: ['DISPATCHED', 'DEAD'],
  DEAD: ['RETRY_WAIT'],
  SUCCEEDED: [],
  PARTIAL: [],
  REJECTED: [],
};

const COUNTED: Partial<Record<ExecutionState, FilesMetric>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  PARTIAL: 'ExecutionsPartial',
  REJECTED: 'ExecutionsRejected',
  ERRORED: 'ExecutionsErrored',
  DEAD: 'ExecutionsDead',
};

/** Records in memory, with the conditions of the real store. `before` may break a call, by its name. */
export class MemoryExecutions implements ExecutionStore {
  readonly records = new Map<string, ExecutionRecord>();
  /** Names of the calls, in order; of transitions with the new state. */
  readonly calls: string[] = [];
  before: ((call: string) => void | Promise<void>) | undefined;
  after: ((call: string) => void | Promise<void>) | undefined;

  constructor(
    private readonly clock: Pick<Clock, 'nowMillis'>,
    private readonly metrics: Pick<FilesMetrics, 'count'>,
  ) {}

  private now = () => new Date(this.clock.nowMillis()).toISOString();

  private async call<T>(name: string, work: () => T): Promise<T> {
    this.calls.push(name);
    await this.before?.(name);
    const answer = work();
    await this.after?.(name);
    return answer;
  }

  /** Puts a record there as a test needs it. */
  seed(record: Change & { readonly executionId: string }): ExecutionRecord {
    const now = this.now();
    const whole: ExecutionRecord = {
      v: 1,
      state: 'PENDING',
      attempt: 0,
      epoch: 0,
      createdAt: now,
      updatedAt: now,
      inputs: [],
      parents: [],
      ...record,
    };
    this.records.set(whole.executionId, whole);
    return whole;
  }

  create(execution: NewExecution) {
    return this.call('create', () => {
      const found = this.records.get(execution.executionId);
      if (found) return { status: 'exists', record: found } as const;
      return { status: 'created', record: this.seed(execution) } as const;
    });
  }

  get(executionId: string) {
    return this.call('get', () => this.records.get(executionId));
  }

  async *byState(state: ExecutionState, query: StateQuery = {}) {
    const found = await this.call(`byState ${state}`, () => [...this.records.values()]);
    const { updatedUntilMillis = Number.POSITIVE_INFINITY, updatedFromMillis = 0, isUnpublished } = query;
    const millis = (record: ExecutionRecord) => Date.parse(record.updatedAt);
    yield* found
      .filter((record) => record.state === state)
      .filter((record) => millis(record) <= updatedUntilMillis && millis(record) >= updatedFromMillis)
      .filter(({ manifestKey, publishedAt }) => !isUnpublished || (manifestKey && !publishedAt))
      .sort((one, other) => millis(one) - millis(other));
  }

  private move(given: ExecutionRecord, state: ExecutionState, change: Change): Promise<TransitionResult> {
    return this.call(state, (): TransitionResult => {
      const found = this.records.get(given.executionId);
      const isSame =
        found?.state === given.state &&
        found.attempt === given.attempt &&
        found.ownerId === given.ownerId &&
        found.epoch === given.epoch;
      if (!found || !isSame) return { status: 'refused', record: found };
      if (!TRANSITIONS[found.state].includes(state)) return { status: 'impossible', record: found };
      const record = { ...found, updatedAt: this.now(), ...change, state };
      this.records.set(record.executionId, record);
      const name = COUNTED[state];
      if (name && state !== given.state) this.metrics.count(name);
      return { status: 'done', record };
    });
  }

  dispatch(
    record: ExecutionRecord,
    to: Pick<ExecutionRecord, never> & { target: 'local' | 'lambda'; reason: string },
  ) {
    const { ownerId, ...rest } = record;
    void rest;
    return this.move(record, 'DISPATCHED', {
      ...to,
      attempt: record.attempt + 1,
      ...(ownerId !== undefined && { ownerId: undefined as unknown as string }),
    });
  }
  start(record: ExecutionRecord, ownerId: string) {
    return this.move(record, 'RUNNING', { ownerId, heartbeatAt: this.now(), startedAt: this.now() });
  }
  finish(record: ExecutionRecord, { state, counts, manifestKey }: Finished) {
    return this.move(record, state, { counts, manifestKey, endedAt: this.now() });
  }
  reject(record: ExecutionRecord, why: Failed) {
    return this.move(record, 'REJECTED', { ...why, endedAt: this.now() });
  }
  fail(record: ExecutionRecord, why: Failed & { readonly retryable: boolean }) {
    return this.move(record, 'ERRORED', { ...why });
  }
  markStale(record: ExecutionRecord, reason: string) {
    return this.move(record, 'STALE', { reason });
  }
  retryLater(
    record: ExecutionRecord,
    when: { nextRetryAtMillis: number; reason: string; byOperator?: boolean },
  ) {
    const nextRetryAt = new Date(when.nextRetryAtMillis).toISOString();
    return this.move(record, 'RETRY_WAIT', { nextRetryAt, reason: when.reason });
  }
  handBack(record: ExecutionRecord) {
    return this.move(record, 'PENDING', {});
  }
  bury(record: ExecutionRecord, why: Failed) {
    return this.move(record, 'DEAD', { ...why, endedAt: this.now() });
  }

  heartbeat(given: ExecutionRecord) {
    return this.call('heartbeat', () => {
      const found = this.records.get(given.executionId);
      const isOwn = found?.state === 'RUNNING' && found.ownerId === given.ownerId;
      if (found && isOwn) this.records.set(found.executionId, { ...found, heartbeatAt: this.now() });
      return { isOwn, isCancelled: found?.cancelRequestedAt !== undefined };
    });
  }

  async requestCancel(executionId: string) {
    const found = this.records.get(executionId);
    if (found) this.records.set(executionId, { ...found, cancelRequestedAt: this.now() });
    return found !== undefined;
  }

  markPublished(given: ExecutionRecord) {
    return this.call('markPublished', () => {
      const found = this.records.get(given.executionId);
      if (!found || found.publishedAt || found.manifestKey !== given.manifestKey) return false;
      this.records.set(found.executionId, { ...found, publishedAt: this.now() });
      return true;
    });
  }
}
