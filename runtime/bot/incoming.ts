import type { IncomingEvent, IncomingMessage, WebhookEvents } from '../channels/channel.ts';
import { parseTelegramMessage, splitTelegramUpdate } from '../channels/telegram/parse.ts';
import { addressIn as telegramAddressIn } from '../channels/telegram/place.ts';
import type { TelegramBot } from '../channels/telegram/update.ts';
import {
  parseWhatsappMessage,
  splitWhatsappBody,
  addressIn as whatsappAddressIn,
} from '../channels/whatsapp/parse.ts';
import type { JsonRecord } from '../core/json.ts';
import type { BotConfig } from './config.ts';
import type { Job, NoticeReason } from './job.ts';

/** The events of a webhook body in the configured platform's format. Never throws. */
export function readWebhookBody(config: BotConfig, body: JsonRecord, nowMillis: number): WebhookEvents {
  if (config.botType === 'telegram') return splitTelegramUpdate(body, nowMillis, telegramBot(config));
  const { allowedPhoneNumberIds } = config.whatsapp;
  return splitWhatsappBody(body, { allowedPhoneNumberIds, nowMillis });
}

/** The message of a job. Never throws. */
export const readJobMessage = (config: BotConfig, payload: JsonRecord): IncomingMessage =>
  config.botType === 'whatsapp'
    ? parseWhatsappMessage(payload)
    : parseTelegramMessage(payload, telegramBot(config));

/** The bot as group messages name it: a token begins with the bot's id. */
export const telegramBot = ({ telegram }: BotConfig): TelegramBot => ({
  id: telegram.token.split(':', 1)[0] ?? '',
  username: telegram.username,
});

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

/** The job that tells an event's author something. Of the payload it has where to send, not what was written. */
export const toNotice = (
  config: BotConfig,
  event: IncomingEvent,
  traceparent: string,
  notice: NoticeReason,
): Job => ({
  ...toJob(config, event, traceparent),
  payload:
    config.botType === 'whatsapp' ? whatsappAddressIn(event.payload) : telegramAddressIn(event.payload),
  job_kind: 'notice',
  notice,
});
