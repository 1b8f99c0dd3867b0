import { RATE_WINDOW_MILLIS } from '../rate-memory.ts';
import type { DecideInput, Decider, TurnMessage } from './decider.ts';

/**
 * The hard stop on how much one user writes (contract bot §6.7): who has as many decided messages as the limit
 * in the minute before this one is ignored. Nothing is saved, so a redelivery meets the same rows. Of merged
 * messages each must be over it.
 */
export const decideRateLimit: Decider = (input) => {
  const limit = input.config.ingressRatePerMinute;
  if (limit === 0 || !input.messages.every((message) => isOver(message, limit, input))) return undefined;
  return { ignored: 'rate_limited' };
};

function isOver({ job }: TurnMessage, limit: number, { journal }: DecideInput): boolean {
  const sentMillis = Date.parse(job.sent_at);
  // Jobs of the earlier library say no time: these all stand at 0.
  if (!(sentMillis > 0)) return false;
  const written = journal.opened?.file.messagesBetween(
    job.user_id,
    sentMillis - RATE_WINDOW_MILLIS,
    sentMillis,
  );
  return (written ?? 0) >= limit;
}
