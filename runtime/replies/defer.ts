import { RepliesError } from './errors.ts';
import type { Trigger } from './trigger.ts';
import type { WorkerPorts } from './worker.ts';

/** Most times that one trigger is put off (contract replies §3.2 step 2). */
const MAX_DEFERRALS = 60;
/** Behind the end of the lease that is in the way. */
const MARGIN_SECONDS = 5;
/** The longest delay of a message in a queue. */
const LONGEST_DELAY_SECONDS = 900;

/**
 * Puts a trigger off until the lease in its way is over. The replacement is in the queue before the trigger is
 * acknowledged, and no lock is left that would keep a later message from sending its own trigger.
 */
export async function defer(
  trigger: Trigger,
  remainingSeconds: number,
  { triggers, triggerLock, metrics, log }: Pick<WorkerPorts, 'triggers' | 'triggerLock' | 'metrics' | 'log'>,
): Promise<void> {
  const deferrals = trigger.deferrals + 1;
  if (deferrals > MAX_DEFERRALS)
    throw new RepliesError(
      'TOO_MANY_DEFERRALS',
      `The conversation was busy ${MAX_DEFERRALS} times in a row; see who holds its lease`,
      'transient',
    );
  const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.ceil(remainingSeconds) + MARGIN_SECONDS);
  await triggers.send({ ...trigger, deferrals }, delaySeconds);
  await triggerLock.clear(trigger.conversationId);
  metrics.count('Deferrals');
  log.info('trigger_deferred', { rule: 'deferred', deferrals, delay_seconds: delaySeconds });
}
