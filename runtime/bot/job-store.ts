import type { OutgoingPart } from '../channels/channel.ts';
import { describeError, errorClassOf, HooklineError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { TurnSteps } from '../core/turn.ts';
import { type Job, safeId } from './job.ts';
import type { BotDecision } from './journal.ts';
import type { TurnJobs } from './worker.ts';

/** Queue messages and asynchronous invocations end at 1 MiB; a webhook of WhatsApp may have 3 MB. */
const MAX_JOB_BYTES = 900_000;

/** Jobs that are too large to be passed on, as objects in the bucket (contract bot §6.3). */
const keyOf = ({ event_id: eventId }: Job) => `jobs/${safeId(eventId)}.json`;

/** A job with what remains of it on the way: who and what it is about, and that its payload is stored. */
const referenceTo = (job: Job): Job => ({ ...job, payload: {}, stored: true });

/**
 * The jobs as they may be passed on: large ones are stored and become references. Throws when one cannot be
 * stored. `openStore` resolves to nothing when there is no bucket.
 */
export async function storeLargeJobs(
  jobs: readonly Job[],
  openStore: () => Promise<ObjectStore | undefined>,
): Promise<readonly Job[]> {
  const passed: Job[] = [];
  for (const job of jobs) {
    const body = Buffer.from(JSON.stringify({ maws_job: job }));
    if (body.byteLength <= MAX_JOB_BYTES) passed.push(job);
    else {
      const store = await openStore();
      if (!store)
        throw new HooklineError('A large message must be stored, and BUCKET_NAME is not set', 'hold');
      await store.put(keyOf(job), body, undefined, 'application/json');
      passed.push(referenceTo(job));
    }
  }
  return passed;
}

/** A job with its payload. A stored one whose object is gone comes back as it is: see `isMissing`. */
export async function fetchJob(job: Job, store: ObjectStore): Promise<Job> {
  if (!isMissing(job)) return job;
  const result = await store.get(keyOf(job));
  if (result.status !== 'found') return job;
  const { maws_job: stored } = JSON.parse(Buffer.from(result.body).toString('utf8')) as { maws_job: Job };
  return { ...job, payload: stored.payload };
}

/** Whether a job's payload is stored and was not found. No payload of a platform is empty. */
export const isMissing = ({ stored, payload }: Job): boolean =>
  stored === true && Object.keys(payload).length === 0;

/** The jobs of a turn with their payloads; `fault` says why one cannot be had. Never throws. */
export async function fetchJobs(
  jobs: TurnJobs,
  store: ObjectStore,
): Promise<{ readonly jobs: TurnJobs; readonly fault?: HooklineError }> {
  const [first, ...more] = jobs;
  try {
    const fetched = [
      await fetchJob(first, store),
      ...(await Promise.all(more.map((job) => fetchJob(job, store)))),
    ] as const;
    return { jobs: fetched, ...(fetched.some(isMissing) && { fault: missing() }) };
  } catch (error) {
    return { jobs, fault: unreadable(error) };
  }
}

/** Deletes what was stored of finished jobs. What cannot be deleted expires. */
export async function forgetJobs(
  jobs: TurnJobs,
  { objects, log }: { readonly objects: ObjectStore; readonly log: Log },
): Promise<void> {
  for (const job of jobs.filter(({ stored }) => stored === true))
    await objects
      .delete(keyOf(job))
      .catch((error: unknown) => log.warn('stored_job_not_deleted', { error: describeError(error) }));
}

/** What the worker's failure path knows these faults by. */
export const NO_PAYLOAD_CODE = 'job_missing';

const missing = () =>
  new HooklineError(
    'The stored job of this event is gone: restore its object under jobs/ and redrive',
    'hold',
    { code: NO_PAYLOAD_CODE },
  );

const unreadable = (cause: unknown) =>
  new HooklineError(
    `The stored job of this event cannot be read: ${describeError(cause)}`,
    cause instanceof HooklineError && errorClassOf(cause) === 'transient' ? 'transient' : 'hold',
    { code: NO_PAYLOAD_CODE, cause },
  );

/** How a turn goes whose payload cannot be had: unless it is done, it fails. */
export function failingSteps(fault: HooklineError): TurnSteps<OutgoingPart, BotDecision> {
  const fail = () => Promise.reject(fault);
  return { ambiguityPolicy: 'hold', settlesLater: false, decide: fail, send: fail };
}
