import type { Clock } from '../../../../runtime/core/clock.ts';
import { jsonLog } from '../../../../runtime/core/log.ts';
import type {
  ExecutionRecord,
  ExecutionState,
  NewExecution,
} from '../../../../runtime/files/store/execution-record.ts';
import type { ExecutionStore, StateQuery } from '../../../../runtime/files/store/execution-store.ts';
import type {
  ExecutionTable,
  Expected,
  RecordChange,
  TableQuery,
} from '../../../../runtime/files/store/execution-table.ts';
import type { FilesMetrics } from '../../../../runtime/files/store/metrics.ts';
import { TableExecutions } from '../../../../runtime/files/store/table-executions.ts';

/** A table of records in memory. */
class MemoryTable implements ExecutionTable {
  readonly records = new Map<string, ExecutionRecord>();

  async insert(record: ExecutionRecord) {
    const found = this.records.get(record.executionId);
    if (found) return { isDone: false, record: found } as const;
    this.records.set(record.executionId, record);
    return { isDone: true, record } as const;
  }

  async read(executionId: string) {
    return this.records.get(executionId);
  }

  async update(executionId: string, { equal, absent }: Expected, { set, remove = [] }: RecordChange) {
    const found = this.records.get(executionId);
    const isMet =
      found !== undefined &&
      Object.entries(equal).every(([name, value]) => found[name as keyof ExecutionRecord] === value) &&
      absent.every((name) => found[name] === undefined);
    if (!isMet) return { isDone: false, record: found } as const;
    const kept = Object.entries(found).filter(([name]) => !(remove as readonly string[]).includes(name));
    const record = { ...(Object.fromEntries(kept) as unknown as ExecutionRecord), ...set };
    this.records.set(executionId, record);
    return { isDone: true, record } as const;
  }

  async *byState(state: ExecutionState, { from, until, isUnpublished }: TableQuery) {
    const found = [...this.records.values()]
      .filter((record) => record.state === state)
      .filter(({ updatedAt }) => updatedAt >= from && updatedAt <= until)
      .filter(({ manifestKey, publishedAt }) => !isUnpublished || (manifestKey && !publishedAt));
    yield* found.sort((one, other) => one.updatedAt.localeCompare(other.updatedAt));
  }
}

/** The store over a table in memory. `before` and `after` may break a call, by its name: of transitions the new state. */
export class MemoryExecutions implements ExecutionStore {
  readonly calls: string[] = [];
  before: ((call: string) => void | Promise<void>) | undefined;
  after: ((call: string) => void | Promise<void>) | undefined;
  private readonly table = new MemoryTable();
  readonly records = this.table.records;
  private readonly store: TableExecutions;

  constructor(
    private readonly watch: Pick<Clock, 'nowMillis'>,
    metrics: FilesMetrics,
  ) {
    const clock = { nowMillis: () => watch.nowMillis(), sleep: async () => {} };
    const log = jsonLog(() => {}, clock.nowMillis);
    this.store = new TableExecutions({
      table: this.table,
      clock,
      log,
      metrics: { local: metrics, lambda: metrics },
    });
  }

  private async call<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    await this.before?.(name);
    const answer = await work();
    await this.after?.(name);
    return answer;
  }

  /** Puts a record there as a test needs it. */
  seed(record: Partial<ExecutionRecord> & { readonly executionId: string }): ExecutionRecord {
    const now = new Date(this.watch.nowMillis()).toISOString();
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

  create = (execution: NewExecution) => this.call('create', () => this.store.create(execution));
  get = (executionId: string) => this.call('get', () => this.store.get(executionId));
  async *byState(state: ExecutionState, query?: StateQuery) {
    yield* await this.call(`byState ${state}`, async () => this.store.byState(state, query));
  }

  dispatch: ExecutionStore['dispatch'] = (...args) =>
    this.call('DISPATCHED', () => this.store.dispatch(...args));
  start: ExecutionStore['start'] = (...args) => this.call('RUNNING', () => this.store.start(...args));
  finish: ExecutionStore['finish'] = (record, result) =>
    this.call(result.state, () => this.store.finish(record, result));
  reject: ExecutionStore['reject'] = (...args) => this.call('REJECTED', () => this.store.reject(...args));
  fail: ExecutionStore['fail'] = (...args) => this.call('ERRORED', () => this.store.fail(...args));
  markStale: ExecutionStore['markStale'] = (...args) =>
    this.call('STALE', () => this.store.markStale(...args));
  retryLater: ExecutionStore['retryLater'] = (...args) =>
    this.call('RETRY_WAIT', () => this.store.retryLater(...args));
  handBack: ExecutionStore['handBack'] = (record) => this.call('PENDING', () => this.store.handBack(record));
  bury: ExecutionStore['bury'] = (...args) => this.call('DEAD', () => this.store.bury(...args));

  heartbeat: ExecutionStore['heartbeat'] = (record) =>
    this.call('heartbeat', () => this.store.heartbeat(record));
  requestCancel = (executionId: string) => this.store.requestCancel(executionId);
  markPublished: ExecutionStore['markPublished'] = (record) =>
    this.call('markPublished', () => this.store.markPublished(record));
}
