import type { OutgoingPart } from '../../channels/channel.ts';
import { HooklineError } from '../../core/errors.ts';
import type { DecideInput, Decider } from './decider.ts';
import { userRows } from './user-row.ts';

/** So long after a user's last message WhatsApp takes free text (contract bot §16.7). */
export const WINDOW_MILLIS = 24 * 3_600_000;

/** A late message of a user whom only a template reaches any more: the agent is not asked for nothing. */
export const decideWindow: Decider = async (input) => {
  const { job, messages, clock, journal, config } = input;
  if (job.provider !== 'whatsapp') return undefined;
  const times = messages.map((message) => Date.parse(message.job.sent_at)).filter((millis) => millis > 0);
  const isOpen = (millis: number) => clock.nowMillis() - millis < WINDOW_MILLIS;
  if (times.length === 0 || times.some(isOpen) || isOpen(journal.opened?.file.lastMessageMillis() ?? 0))
    return undefined;
  const template = config.templateReengage;
  if (!template) await capture(input);
  const parts: OutgoingPart[] = template ? [{ type: 'template', ...template, parameters: {} }] : [];
  return { parts, rule: 'window_closed', rows: userRows(input), clear: false };
};

/** Nobody will be told, so an operator must see it. */
async function capture({ job, failedEvents, log }: DecideInput): Promise<void> {
  const { provider, event_id: eventId } = job;
  const error = new HooklineError(
    "WhatsApp's 24-hour window has closed and there is no template: the message was not answered",
    'permanent',
    { code: 131047 },
  );
  const event = { maws_job: job };
  if (!(await failedEvents.capture({ reason: 'send_failed', error, provider, eventId, event }, log)))
    throw error;
}
