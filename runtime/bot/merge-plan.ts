import type { IncomingMessage } from '../channels/channel.ts';
import type { OpenHistory } from './history-store.ts';
import type { Job } from './job.ts';
import { fetchJob, isMissing } from './job-store.ts';
import { type DecidedEvent, decidedEvent } from './ledger.ts';
import { mayMerge } from './merged-message.ts';
import { receivesOf, type WorkerRecord } from './queue-record.ts';
import { type Invocation, type Known, type TurnJobs, type WorkerPorts, workTurn } from './worker.ts';

/** What records are planned and worked with. */
export interface PlanWork {
  readonly ports: WorkerPorts;
  readonly invocation: Invocation;
  /** Throws for what is no job. */
  read(record: WorkerRecord): Job;
  /** Works a record by itself, as under fifo. */
  one(record: WorkerRecord): Promise<void>;
}

/** Records that succeed or fail together. */
export interface Unit {
  readonly records: readonly WorkerRecord[];
  work(): Promise<unknown>;
}

export interface Plan {
  /** To be worked one after the other. */
  readonly units: readonly Unit[];
  /** Frees what the plan holds. */
  close(): void;
}

/** From this receive on an undecided record is a turn of its own, so that it takes no neighbour to the dead letters. */
const ALONE_FROM_RECEIVE = 3;

/** Whether a record has failed so often that it neither shares a turn nor holds up others. */
export const isAlone = (record: WorkerRecord, { config }: WorkerPorts): boolean =>
  receivesOf(record) >= Math.min(ALONE_FROM_RECEIVE, config.maxReceiveCount);

/** Whether the queue does not deliver a record again. */
export const isLastReceive = (record: WorkerRecord, { config }: WorkerPorts): boolean =>
  receivesOf(record) >= config.maxReceiveCount;

/** An event of the chat; delivered twice in one receive, it has two records. */
interface Item {
  readonly records: readonly [WorkerRecord, ...WorkerRecord[]];
  readonly job: Job;
  readonly decided: DecidedEvent | undefined;
}

/**
 * What to do with records of one chat: first settle what was decided earlier, then all the rest, in one turn if
 * it may be. One fetch of the history tells what was decided, and a turn that comes next goes on with it.
 */
export async function planOf(records: readonly WorkerRecord[], work: PlanWork): Promise<Plan> {
  const jobs = turnJobs(records, work);
  const [first, ...more] = jobs.values();
  if (!first || more.length === 0)
    return { units: records.map((record) => ownUnit([record], work)), close: () => {} };
  const opened = await work.ports.histories.open(first.chat_id);
  try {
    const items = itemsOf(jobs, opened);
    const units = [...resumes(items, work), ...(await turnsOf(records, items, opened, work))];
    return { units, close: () => opened.discard() };
  } catch (error) {
    opened.discard();
    throw error;
  }
}

/** A turn of its own. */
export const ownUnit = (records: Item['records'], { one }: PlanWork): Unit => ({
  records,
  work: () => one(records[0]),
});

/** The jobs that are turns of one chat. What else there is stays on its own. */
function turnJobs(records: readonly WorkerRecord[], { read }: PlanWork): ReadonlyMap<WorkerRecord, Job> {
  const jobs = new Map<WorkerRecord, Job>();
  for (const record of records) {
    const job = tryRead(record, read);
    const [chat = job?.chat_id] = [...jobs.values()].map(({ chat_id: chatId }) => chatId);
    if (job?.job_kind === 'turn' && job.chat_id !== '' && job.chat_id === chat) jobs.set(record, job);
  }
  return jobs;
}

/** Undefined for what is no job: on its own it fails with the right error. */
function tryRead(record: WorkerRecord, read: PlanWork['read']): Job | undefined {
  try {
    return read(record);
  } catch {
    return undefined;
  }
}

function itemsOf(jobs: ReadonlyMap<WorkerRecord, Job>, { file }: OpenHistory): readonly Item[] {
  const items = new Map<string, Item>();
  for (const [record, job] of jobs) {
    const known = items.get(job.event_id);
    const records = known ? ([...known.records, record] as const) : ([record] as const);
    items.set(job.event_id, { records, job, decided: decidedEvent(file, job.event_id) });
  }
  return [...items.values()];
}

/** What was decided earlier is sent on once, whichever of its turn's events came back. */
function resumes(items: readonly Item[], work: PlanWork): readonly Unit[] {
  const turns = Map.groupBy(
    items.filter(({ decided }) => decided),
    ({ decided }) => decided?.carrierId,
  );
  return [...turns].flatMap(([carrierId, turn]) => {
    const item = turn.find(({ job }) => job.event_id === carrierId) ?? turn[0];
    return item?.decided ? turnUnit(turn, [item.job], work, { decided: item.decided }) : [];
  });
}

interface OpenTurn {
  readonly items: Item[];
  readonly jobs: [Job, ...Job[]];
  last: IncomingMessage;
}

/** Everything undecided, in order: neighbours in one turn as far as they may share one. */
async function turnsOf(
  records: readonly WorkerRecord[],
  items: readonly Item[],
  opened: OpenHistory,
  work: PlanWork,
): Promise<readonly Unit[]> {
  const steps: (OpenTurn | Unit)[] = [];
  for (const record of records) {
    const item = items.find((candidate) => candidate.records.includes(record));
    const previous = steps.at(-1);
    if (!item) steps.push(ownUnit([record], work));
    // A decided event is settled by now, and a second record goes with the first.
    else if (item.decided || item.records[0] !== record) continue;
    else if (isAlone(record, work.ports)) steps.push(ownUnit(item.records, work));
    else await addTo(previous && 'items' in previous ? previous : undefined, item, steps, work);
  }
  // The open copy is of now: only the turn that comes first may go on with it.
  return steps.map((step, index) =>
    'items' in step ? turnUnit(step.items, step.jobs, work, index === 0 ? { opened } : {}) : step,
  );
}

async function addTo(
  turn: OpenTurn | undefined,
  item: Item,
  steps: (OpenTurn | Unit)[],
  { ports }: PlanWork,
): Promise<void> {
  // What cannot be read is a turn of its own, which fails with the right error.
  const job = await fetchJob(item.job, ports.objects).catch(() => item.job);
  const message = ports.parse(job);
  if (turn && !isMissing(job) && !isMissing(turn.jobs[0]) && mayMerge(turn.last, message)) {
    turn.items.push(item);
    turn.jobs.push(job);
    turn.last = message;
  } else steps.push({ items: [item], jobs: [job], last: message });
}

function turnUnit(
  items: readonly Item[],
  jobs: TurnJobs,
  { ports, invocation }: PlanWork,
  known: Known,
): Unit {
  const records = items.flatMap((item) => item.records);
  const owner = `${invocation.owner}:${records.at(-1)?.messageId}`;
  const receives = Math.max(...records.map(receivesOf));
  return { records, work: () => workTurn(jobs, ports, { ...invocation, owner, receives }, known) };
}
