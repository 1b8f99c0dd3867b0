import { HooklineError } from '../core/errors.ts';
import type { Job } from './job.ts';
import { NO_PAYLOAD_CODE } from './job-store.ts';
import type { BotJournal } from './journal.ts';
import { tellOfFailure } from './say.ts';
import type { Invocation, WorkerPorts } from './worker.ts';

/** Whether this failed attempt was the last: nobody tries the event again by himself (contract bot §7.8). */
export function isLastAttempt(
  { receives }: Pick<Invocation, 'receives'>,
  { failedAttempts }: Pick<BotJournal, 'failedAttempts'>,
  { config }: Pick<WorkerPorts, 'config'>,
): boolean {
  if (receives !== undefined) return receives >= config.maxReceiveCount;
  return failedAttempts !== undefined && failedAttempts >= 1 + config.asyncRetryAttempts;
}

/** Ends an undecided event that failed for the last time: kept for an operator, and the user is told. */
export async function giveUp(
  error: unknown,
  job: Job,
  journal: BotJournal,
  ports: WorkerPorts,
  deadlineMillis: number,
): Promise<void> {
  const { provider, event_id: eventId } = job;
  const reason = reasonOf(error, journal.failedStage);
  const event = { maws_job: job };
  await ports.failedEvents.capture({ reason, error, provider, eventId, event, onlyFirst: true }, ports.log);
  await tellOfFailure(job, ports, deadlineMillis);
}

function reasonOf(error: unknown, stage: BotJournal['failedStage']): string {
  if (stage === 'store') return 'worker_save_failed';
  if (stage !== 'decide') return 'worker_processing_failed';
  const code = error instanceof HooklineError ? error.code : undefined;
  if (code === NO_PAYLOAD_CODE) return 'worker_processing_failed';
  return code === 'agent_timeout' ? 'agent_timeout' : 'agent_failed';
}
