import { asRecord, isRecord, readJson } from '../core/json.ts';
import type { QueueLetter } from '../core/queue-letters.ts';
import type { Job } from './job.ts';

/** A received message of a dead-letter or on-failure queue. */
export type DeadLetter = QueueLetter;

export const idOf = (letter: DeadLetter) => letter.MessageId ?? '';

/** A queue message holds the job itself, a failure record of Lambda in `requestPayload`. */
export function readJob(letter: DeadLetter): Job | undefined {
  const body = asRecord(readJson(letter.Body ?? ''));
  const envelope = isRecord(body.requestPayload) ? body.requestPayload : body;
  return isRecord(envelope.maws_job) ? (envelope.maws_job as unknown as Job) : undefined;
}
