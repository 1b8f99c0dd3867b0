import type { BatchResponse } from '../core/batch.ts';
import {
  isAlone,
  isLastReceive,
  ownUnit,
  type Plan,
  type PlanWork,
  planOf,
  type Unit,
} from './merge-plan.ts';
import type { WorkerRecord } from './queue-record.ts';

/** What a receive is worked with. */
export interface MergeWork extends PlanWork {
  onFailure(record: WorkerRecord, error: unknown): void;
}

/**
 * Works a receive of the busy policy merge (contract bot §7.4): per chat, what was decided earlier is settled
 * first, then all other messages form one turn. A failure stops its group, unless it is on its own.
 */
export async function workMerged(records: readonly WorkerRecord[], work: MergeWork): Promise<BatchResponse> {
  const back = new Set<WorkerRecord>();
  // Side by side: different chats never wait for each other (contract bot §7.6).
  const left = await Promise.all([...groupsOf(records)].map((group) => workGroup(group, work)));
  for (const record of left.flat()) back.add(record);
  const batchItemFailures = records
    .filter((record) => back.has(record))
    .map(({ messageId }) => ({ itemIdentifier: messageId }));
  return { batchItemFailures };
}

/** Records by message group, in the order in which they came. */
const groupsOf = (records: readonly WorkerRecord[]) =>
  Map.groupBy(records, (record) => record.attributes?.MessageGroupId ?? record.messageId).values();

/** Resolves to the records that come back: those that failed, and those that wait behind a failure. */
async function workGroup(group: readonly WorkerRecord[], work: MergeWork): Promise<readonly WorkerRecord[]> {
  const left = new Set(group);
  const plan = await planOf(group, work).catch((error: unknown) => withoutPlan(group, error, work));
  for (const unit of plan.units) {
    const done = await succeeds(unit, work);
    if (done) for (const record of unit.records) left.delete(record);
    else if (!unit.records.every((record) => isAlone(record, work.ports))) break;
  }
  plan.close();
  return [...left];
}

/** What comes again waits for that; what does not is a turn of its own, which ends as a last attempt ends. */
function withoutPlan(group: readonly WorkerRecord[], error: unknown, work: MergeWork): Plan {
  const last = group.filter((record) => isLastReceive(record, work.ports));
  for (const record of group) if (!last.includes(record)) work.onFailure(record, error);
  return { units: last.map((record) => ownUnit([record], work)), close: () => {} };
}

async function succeeds(unit: Unit, { onFailure }: MergeWork): Promise<boolean> {
  try {
    await unit.work();
    return true;
  } catch (error) {
    for (const record of unit.records) onFailure(record, error);
    return false;
  }
}
