import { isDeepStrictEqual } from 'node:util';
import type { JsonRecord } from '../../core/json.ts';
import type { ExecutionRecord, ExecutionState } from './execution-record.ts';
import type { ExecutionTable, Expected, RecordChange, TableQuery, UpdateResult } from './execution-table.ts';
import type { LocalTable } from './local-table.ts';
import { recordOf, storedFields, storedName } from './record-items.ts';

/** The records on this machine's own tables, with the attributes that they have in DynamoDB. */
export class LocalExecutionTable implements ExecutionTable {
  constructor(private readonly table: LocalTable) {}

  async insert(record: ExecutionRecord): Promise<UpdateResult> {
    return this.table.change<UpdateResult>(record.executionId, (item) =>
      item
        ? { item, result: { isDone: false, record: recordOf(item) } }
        : { item: storedFields(record), result: { isDone: true, record } },
    );
  }

  async read(executionId: string): Promise<ExecutionRecord | undefined> {
    const item = this.table.read(executionId);
    return item && recordOf(item);
  }

  async update(
    executionId: string,
    expected: Expected,
    { set, remove = [] }: RecordChange,
  ): Promise<UpdateResult> {
    return this.table.change<UpdateResult>(executionId, (item) => {
      if (!item || !holds(item, expected))
        return { item, result: { isDone: false, record: item && recordOf(item) } };
      const removed = new Set(remove.map(storedName));
      const kept = Object.entries(item).filter(([name]) => !removed.has(name));
      const changed = { ...Object.fromEntries(kept), ...storedFields(set) };
      return { item: changed, result: { isDone: true, record: recordOf(changed) } };
    });
  }

  async *byState(
    state: ExecutionState,
    { from, until, isUnpublished }: TableQuery,
  ): AsyncIterable<ExecutionRecord> {
    const found = this.table
      .inState(state)
      .map(recordOf)
      .filter(({ updatedAt }) => updatedAt >= from && updatedAt <= until)
      .filter(({ manifestKey, publishedAt }) => !isUnpublished || (manifestKey && !publishedAt));
    yield* found.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0));
  }
}

const holds = (item: JsonRecord, { equal, absent }: Expected): boolean =>
  Object.entries(storedFields(equal)).every(([name, value]) => isDeepStrictEqual(item[name], value)) &&
  absent.every((field) => item[storedName(field)] === undefined);
