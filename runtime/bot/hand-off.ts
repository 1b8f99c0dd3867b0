import { queueText } from '../core/json.ts';
import type { Job, JobEnvelope } from './job.ts';

/** Passes jobs to the second hop. */
export interface HandOff {
  /** What the provider is told when all jobs were taken. */
  readonly acknowledgement: 'Webhook received.' | 'Webhook queued.';
  /**
   * Hands every job over, those of one chat in order. Throws when one was refused: the provider then delivers
   * all of them again, and the ledger makes the repetition of those that were taken harmless.
   */
  send(jobs: readonly Job[]): Promise<void>;
}

export const envelopeText = (job: Job): string => queueText({ maws_job: job } satisfies JobEnvelope);
