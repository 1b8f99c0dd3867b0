import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { ExecutionRecord, ExecutionState, ExecutionTarget, NewExecution } from './execution-record.ts';
import type {
  CreateResult,
  ExecutionStore,
  Failed,
  Finished,
  HeartbeatResult,
  StateQuery,
  TransitionResult,
} from './execution-store.ts';
import type { ExecutionTable, Expected } from './execution-table.ts';
import type { FilesMetric, MetricsByTarget } from './metrics.ts';
import { checkedExecutionId, checkedOwnerId } from './paths.ts';
import { RECORD_VERSION } from './record-items.ts';
import { isPossible, isTerminal } from './state-machine.ts';
import * as transitions from './transitions.ts';

/** Days after its last transition for which a record is kept. */
const DEFAULT_KEPT_DAYS = 90;
/** A cancel request meets at most so many transitions in a row. */
const MAX_CANCEL_TRIES = 5;

export interface TableExecutionsOptions {
  readonly table: ExecutionTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsByTarget;
  /** Of the region that this process works in; a record of another epoch is not touched. Default 0. */
  readonly epoch?: number;
  /** Default 90. */
  readonly keptDays?: number;
}

/** Counted here, so that each is counted once for a transition. */
const COUNTED: Readonly<Partial<Record<ExecutionState, FilesMetric>>> = {
  RUNNING: 'ExecutionsStarted',
  SUCCEEDED: 'ExecutionsSucceeded',
  PARTIAL: 'ExecutionsPartial',
  REJECTED: 'ExecutionsRejected',
  ERRORED: 'ExecutionsErrored',
  DEAD: 'ExecutionsDead',
};

/** The execution store over a table of either kind. */
export class TableExecutions implements ExecutionStore {
  private readonly epoch: number;

  constructor(private readonly options: TableExecutionsOptions) {
    this.epoch = options.epoch ?? 0;
  }

  async create(execution: NewExecution): Promise<CreateResult> {
    const now = this.now();
    const writeId = randomUUID();
    const record: ExecutionRecord = {
      inputs: [],
      parents: [],
      ...execution,
      executionId: checkedExecutionId(execution.executionId),
      v: RECORD_VERSION,
      state: 'PENDING',
      attempt: 0,
      epoch: this.epoch,
      createdAt: now,
      updatedAt: now,
      writeId,
    };
    const result = await this.options.table.insert(record, this.expiresAtSeconds());
    if (result.isDone || result.record?.writeId === writeId) return { status: 'created', record };
    return { status: 'exists', record: result.record ?? record };
  }

  async get(executionId: string): Promise<ExecutionRecord | undefined> {
    return this.options.table.read(checkedExecutionId(executionId));
  }

  byState(state: ExecutionState, query: StateQuery = {}): AsyncIterable<ExecutionRecord> {
    const { updatedFromMillis = 0, updatedUntilMillis, isUnpublished = false } = query;
    return this.options.table.byState(state, {
      from: isoOf(updatedFromMillis),
      until: updatedUntilMillis === undefined ? '9999' : isoOf(updatedUntilMillis),
      isUnpublished,
    });
  }

  dispatch(record: ExecutionRecord, to: { readonly target: ExecutionTarget; readonly reason: string }) {
    return this.move(record, transitions.dispatched(record, to));
  }

  async start(record: ExecutionRecord, ownerId: string): Promise<TransitionResult> {
    return this.move(record, transitions.started(record, checkedOwnerId(ownerId), this.now()));
  }

  async finish(record: ExecutionRecord, result: Finished): Promise<TransitionResult> {
    const transition = transitions.finished(record, result, this.now());
    return transition ? this.move(record, transition) : this.impossible(record, result.state);
  }

  reject(record: ExecutionRecord, why: Failed) {
    return this.move(record, transitions.rejected(why, this.now()));
  }

  fail(record: ExecutionRecord, why: Failed & { readonly retryable: boolean }) {
    return this.move(record, transitions.failed(why, this.now()));
  }

  markStale(record: ExecutionRecord, reason: string) {
    return this.move(record, transitions.stale(reason));
  }

  retryLater(
    record: ExecutionRecord,
    when: { readonly nextRetryAtMillis: number; readonly reason: string; readonly byOperator?: boolean },
  ) {
    const nextRetryAt = isoOf(when.nextRetryAtMillis);
    return this.move(record, transitions.retriedLater(nextRetryAt, when.reason, when.byOperator));
  }

  handBack(record: ExecutionRecord) {
    return this.move(record, transitions.handedBack);
  }

  bury(record: ExecutionRecord, why: Failed) {
    return this.move(record, transitions.buried(why, this.now()));
  }

  async heartbeat(record: ExecutionRecord): Promise<HeartbeatResult> {
    const change = { set: { heartbeatAt: this.now() } };
    const result = await this.options.table.update(record.executionId, this.asGiven(record), change);
    const isCancelled = result.record?.cancelRequestedAt !== undefined;
    return { isOwn: result.isDone, isCancelled };
  }

  async requestCancel(executionId: string): Promise<boolean> {
    for (let tries = 0; tries < MAX_CANCEL_TRIES; tries++) {
      const record = await this.get(executionId);
      if (!record || isTerminal(record.state)) return false;
      const expected = { equal: { state: record.state }, absent: [] };
      const change = { set: { cancelRequestedAt: this.now() } };
      if ((await this.options.table.update(executionId, expected, change)).isDone) return true;
    }
    return false;
  }

  /** Without the epoch: what is published once stays so in every region. */
  async markPublished({ executionId, state, attempt, manifestKey }: ExecutionRecord): Promise<boolean> {
    if (manifestKey === undefined) return false;
    const expected: Expected = { equal: { state, attempt, manifestKey }, absent: ['publishedAt'] };
    const change = { set: { publishedAt: this.now() } };
    return (await this.options.table.update(executionId, expected, change)).isDone;
  }

  private async move(record: ExecutionRecord, transition: transitions.Transition): Promise<TransitionResult> {
    const { to, met, set, remove } = transition;
    if (!isPossible(record.state, to, met)) return this.impossible(record, to);
    const writeId = randomUUID();
    const result = await this.options.table.update(record.executionId, this.asGiven(record), {
      set: { ...set, state: to, updatedAt: this.now(), writeId },
      remove,
      expiresAtSeconds: this.expiresAtSeconds(),
    });
    // An earlier try was done, and its answer lost.
    const isOwn = result.record?.writeId === writeId;
    if (result.record && (result.isDone || isOwn)) {
      this.count(record, result.record);
      return { status: 'done', record: result.record };
    }
    this.options.log.info('transition_refused', {
      ...fieldsOf(record, to),
      now_state: result.record?.state,
      now_attempt: result.record?.attempt,
    });
    return { status: 'refused', record: result.record };
  }

  private impossible(record: ExecutionRecord, to: ExecutionState): TransitionResult {
    this.options.log.warn('transition_impossible', fieldsOf(record, to));
    return { status: 'impossible', record };
  }

  private count(before: ExecutionRecord, { state, attempt, target = 'local' }: ExecutionRecord): void {
    const metrics = this.options.metrics[target];
    const name = COUNTED[state];
    if (name && state !== before.state) metrics.count(name);
    if (state === 'DISPATCHED' && attempt > 1) metrics.count('Retries');
  }

  /** The fence: what the caller saw last must still stand there, in this process's epoch. */
  private asGiven({ state, attempt, ownerId }: ExecutionRecord): Expected {
    const equal = { state, attempt, epoch: this.epoch };
    return ownerId === undefined
      ? { equal, absent: ['ownerId'] }
      : { equal: { ...equal, ownerId }, absent: [] };
  }

  private now(): string {
    return isoOf(this.options.clock.nowMillis());
  }

  private expiresAtSeconds(): number {
    const { clock, keptDays = DEFAULT_KEPT_DAYS } = this.options;
    return Math.floor(clock.nowMillis() / 1000) + keptDays * 86_400;
  }
}

const isoOf = (millis: number): string => new Date(millis).toISOString();

const fieldsOf = ({ executionId, state, attempt, ownerId }: ExecutionRecord, to: ExecutionState) => ({
  execution_id: executionId,
  from: state,
  to,
  attempt,
  owner_id: ownerId,
});
