import { type BatchResponse, processBatch } from '../core/batch.ts';
import { ConfigError, describeError, HooklineError } from '../core/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../core/http-event.ts';
import { asRecord, isRecord, type JsonRecord } from '../core/json.ts';
import { traceIdOf, traceparentOf } from '../core/trace-context.ts';
import { readWebhookBody, toJob } from './incoming.ts';
import type { Job } from './job.ts';
import { workMerged } from './merge.ts';
import {
  comeBackSooner,
  type QueuePorts,
  queueRecords,
  receivesOf,
  type WorkerRecord,
} from './queue-record.ts';
import { workNotice } from './work-notice.ts';
import { type Invocation, type WorkerPorts, workTurn } from './worker.ts';

/** What an event brings beside its jobs. */
export interface EventInvocation {
  readonly owner: string;
  readonly deadlineMillis: number;
  /** Needed only to bring a failed record back sooner. */
  readonly queue: QueuePorts;
}

/** Shown by the original word for word; callers know it (contract bot §5). */
const NO_BUCKET = 'BUCKET_NAME is required for MAWS worker history persistence.';

/** Works what an event holds: queue records, one job, or the original's direct shapes. */
export async function workEvent(
  event: unknown,
  ports: WorkerPorts,
  invocation: EventInvocation,
): Promise<BatchResponse | HttpAnswer> {
  const shape = asRecord(event);
  const records = queueRecords(event);
  if (records) return workRecords(records, ports, invocation);
  if (isRecord(shape.maws_job)) {
    if (!ports.config.bucketName) throw new ConfigError([NO_BUCKET]);
    return answer(await workOne(readJob(shape.maws_job), ports, invocation));
  }
  const body = shape.update ?? shape.whatsapp_update;
  if (isRecord(body)) return workDirectly(body, ports, invocation);
  return jsonAnswer(400, 'Invocation not recognized.');
}

const answer = (text: string) => jsonAnswer(200, text);

async function workOne(job: Job, ports: WorkerPorts, invocation: Invocation) {
  if (job.chat_id === '') return 'No chat_id found; update ignored.';
  if (job.job_kind === 'notice') {
    await workNotice(job, ports, invocation.deadlineMillis);
    return 'Processed.';
  }
  const outcome = await workTurn([job], ports, invocation);
  const isBusy = outcome.status === 'ignored' && outcome.rule === 'busy';
  return isBusy ? 'Already processing; update ignored.' : 'Processed.';
}

/** The original's `{update}` and `{whatsapp_update}`: a whole webhook body, worked on the spot. */
async function workDirectly(
  body: Readonly<Record<string, unknown>>,
  ports: WorkerPorts,
  invocation: EventInvocation,
) {
  if (!ports.config.bucketName) return jsonAnswer(500, NO_BUCKET);
  const { events } = readWebhookBody(ports.config, body, ports.clock.nowMillis());
  let last = 'No jobs found.';
  for (const event of events)
    last = await workOne(toJob(ports.config, event, traceparentOf(undefined)), ports, invocation);
  return answer(last);
}

/** Each record is one job; what fails is reported, and comes back sooner than a killed worker's message. */
async function workRecords(
  records: readonly WorkerRecord[],
  ports: WorkerPorts,
  invocation: EventInvocation,
): Promise<BatchResponse> {
  const errors = new Map<string, unknown>();
  const jobs = new Map<WorkerRecord, Job>();
  const onFailure = (record: WorkerRecord, error: unknown) => {
    errors.set(record.messageId, error);
    const job = jobs.get(record);
    ports.log.error('record_failed', {
      message_id: record.messageId,
      ...(job && { trace_id: traceIdOf(job.traceparent) }),
      error: describeError(error),
    });
  };
  const read = (record: WorkerRecord) => {
    const job = jobs.get(record) ?? readJob(parseBody(record.body).maws_job);
    jobs.set(record, job);
    return job;
  };
  const one = async (record: WorkerRecord) => {
    if (!ports.config.bucketName) throw new ConfigError([NO_BUCKET]);
    const owner = `${invocation.owner}:${record.messageId}`;
    await workOne(read(record), ports, { ...invocation, owner, receives: receivesOf(record) });
  };
  const response =
    ports.config.busyPolicy === 'merge' && ports.config.bucketName
      ? await workMerged(records, { ports, invocation, read, one, onFailure })
      : await processBatch(records, one, onFailure);
  // The records behind a failed one of their group come back with it: they must not wait longer.
  const failed = new Set(response.batchItemFailures.map((item) => item.itemIdentifier));
  for (const record of records.filter(({ messageId }) => failed.has(messageId)))
    await comeBackSooner(record, errors.get(record.messageId), invocation.queue);
  return response;
}

/** The parser's own error would quote the body. */
function parseBody(body: string): JsonRecord {
  try {
    return asRecord(JSON.parse(body));
  } catch {
    throw malformed('the record is not JSON');
  }
}

const malformed = (what: string) => new HooklineError(`Malformed job: ${what}`, 'permanent');

/** Checks the envelope: a malformed record must end in the dead-letter queue, not in a half-worked turn. */
function readJob(value: unknown): Job {
  const job = asRecord(value);
  const texts = ['chat_id', 'event_id', 'provider'] as const;
  for (const name of texts) {
    if (typeof job[name] !== 'string') throw malformed(`${name} is not a text`);
  }
  if (!isRecord(job.payload)) throw malformed('payload is not an object');
  return {
    user_id: String(job.chat_id),
    sent_at: new Date(0).toISOString(),
    job_kind: 'turn',
    v: 1,
    ...job,
    traceparent: traceparentOf(typeof job.traceparent === 'string' ? job.traceparent : undefined),
  } as unknown as Job;
}
