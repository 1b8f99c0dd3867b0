import type { IncomingEvent, WebhookEvents } from '../channels/channel.ts';
import { splitTelegramUpdate } from '../channels/telegram/parse.ts';
import { splitWhatsappBody } from '../channels/whatsapp/parse.ts';
import type { JsonRecord } from '../core/json.ts';
import type { BotConfig } from './config.ts';
import type { Job } from './job.ts';

/** The events of a webhook body in the configured platform's format. Never throws. */
export function readWebhookBody(config: BotConfig, body: JsonRecord, nowMillis: number): WebhookEvents {
  if (config.botType === 'telegram') return splitTelegramUpdate(body, nowMillis);
  const { allowedPhoneNumberIds } = config.whatsapp;
  return splitWhatsappBody(body, { allowedPhoneNumberIds, nowMillis });
}

/** The job of one event (contract bot §8). */
export const toJob = (config: BotConfig, event: IncomingEvent, traceparent: string): Job => ({
  maws_job_version: 1,
  provider: config.botType,
  bot_type: config.botType,
  chat_id: event.chatId,
  event_id: event.eventId,
  payload: event.payload,
  v: 1,
  job_kind: 'turn',
  user_id: event.userId,
  sent_at: event.sentAt,
  traceparent,
});
