import type { Job } from '../../../runtime/bot/job.ts';
import { CHAT, textJob } from './worker-world.ts';

export const SENT_AT = textJob('').sent_at;

/** A job as it is, but sent so many seconds later. */
export const later = (job: Job, seconds: number): Job => ({
  ...job,
  sent_at: new Date(Date.parse(job.sent_at) + seconds * 1000).toISOString(),
});

/** The job of a WhatsApp message of any kind. `chatId` is what the ingress makes of its ids. */
export function whatsappJob(
  message: Readonly<Record<string, unknown>>,
  { chatId = CHAT, contact }: { chatId?: string; contact?: Readonly<Record<string, unknown>> } = {},
): Job {
  const id = String(message.id ?? 'wamid.1');
  const value = {
    messages: [{ from: CHAT, timestamp: '1795255200', ...message, id }],
    ...(contact && { contacts: [contact] }),
  };
  return {
    ...textJob('', id),
    chat_id: chatId,
    user_id: chatId,
    payload: { entry: [{ changes: [{ value }] }] },
  };
}

/** The job of a Telegram update that is no message. */
export const telegramJob = (update: Readonly<Record<string, unknown>>, eventId: string): Job => ({
  ...textJob('', eventId, 'telegram'),
  payload: { update_id: Number(eventId), ...update },
});
