import { describeError } from '../core/errors.ts';
import type { Job } from './job.ts';
import type { BotJournal } from './journal.ts';
import { partsOf, replyBlocks } from './reply.ts';
import type { WorkerPorts } from './worker.ts';

/** Sends `ERROR_MESSAGE`, once for an event. Never throws. */
export const tellOfFailure = (job: Job, ports: WorkerPorts, deadlineMillis: number): Promise<void> =>
  sayOnce(ports.config.messages.error, 'error', job, ports, deadlineMillis, async () => {
    const { provider, event_id: eventId, chat_id: chatId } = job;
    // Without a table nobody knows whether the user was told.
    return (await ports.delivery?.markErrorTold({ provider, eventId, chatId })) ?? true;
  });

/** Sends `BUSY_MESSAGE`, once for the lock that made a message be ignored. Never throws. */
export const tellBusy = (
  job: Job,
  { heldBy }: BotJournal,
  ports: WorkerPorts,
  deadlineMillis: number,
): Promise<void> =>
  sayOnce(ports.config.messages.busy, 'busy', job, ports, deadlineMillis, async () => {
    return heldBy !== undefined && (await ports.lock?.markTold(job.chat_id, heldBy)) === true;
  });

/** Says a text that belongs to no reply, after its mark and so at most once; what fails is only logged. */
async function sayOnce(
  text: string,
  reason: 'busy' | 'error',
  { chat_id: chatId, payload, event_id: eventId }: Job,
  { sender, log }: WorkerPorts,
  deadlineMillis: number,
  mark: () => Promise<boolean>,
): Promise<void> {
  if (text === '') return;
  const target = { chatId, payload, callbackData: `notice:${eventId}`, deadlineMillis };
  try {
    if (!(await mark())) return;
    for (const part of partsOf(replyBlocks(text))) await sender.send(part, target);
    log.info('notice_finished', { reason, status: 'sent' });
  } catch (error) {
    log.warn('notice_failed', { reason, error: describeError(error) });
  }
}
