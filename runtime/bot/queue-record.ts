import type { QueueRecord } from '../core/batch.ts';
import { errorClassOf } from '../core/errors.ts';

/** An SQS record as the event source mapping delivers it. */
export interface WorkerRecord extends QueueRecord {
  readonly body: string;
  readonly receiptHandle: string;
}

/** First pause of a failed record; it doubles with every receive (contract bot §14). */
const FIRST_PAUSE_SECONDS = 30;
/** A status webhook settles most unclear sends within this time (contract bot §12.4). */
const UNCLEAR_PAUSE_SECONDS = 60;
/** The longest visibility timeout SQS takes. */
const MAX_PAUSE_SECONDS = 43_200;

/** How long a failed record stays invisible: far shorter than the queue's timeout, which is for killed workers. */
export function backoffSeconds(record: WorkerRecord, error: unknown): number {
  if (errorClassOf(error) === 'unclear') return UNCLEAR_PAUSE_SECONDS;
  const receives = Number(record.attributes?.ApproximateReceiveCount ?? 1);
  return Math.min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (receives - 1));
}
