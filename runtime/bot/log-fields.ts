import type { IncomingEvent } from '../channels/channel.ts';
import { isRecord, type JsonRecord } from '../core/json.ts';
import { keyedHash, type LogFields } from '../core/log.ts';
import { traceIdOf } from '../core/trace-context.ts';
import type { BotConfig } from './config.ts';
import type { Job, Provider } from './job.ts';

/**
 * Who and what a log line is about. Chat and user ids, and WhatsApp's message ids (they encode the phone
 * number), stand there as keyed hashes only.
 */
export const logFields = (job: Job, config: BotConfig): LogFields => ({
  provider: job.provider,
  chat_id: keyedHash(config.logHashKey, job.chat_id),
  user_id: keyedHash(config.logHashKey, job.user_id),
  event_id: loggedEventId(job.provider, job.event_id, config),
  ...telegramMessageId(job.provider, job.payload),
  trace_id: traceIdOf(job.traceparent),
});

/** The same of an event that gets no job; its trace id stands on the request's lines already. */
export const eventLogFields = (event: IncomingEvent, config: BotConfig): LogFields => ({
  provider: config.botType,
  chat_id: keyedHash(config.logHashKey, event.chatId),
  user_id: keyedHash(config.logHashKey, event.userId),
  event_id: loggedEventId(config.botType, event.eventId, config),
  ...telegramMessageId(config.botType, event.payload),
});

/** A person sees Telegram's message id, not the update's. WhatsApp's message id is the event id. */
function telegramMessageId(provider: Provider, payload: JsonRecord): LogFields {
  if (provider !== 'telegram') return {};
  const message = Object.values(payload).find((value) => isRecord(value) && value.message_id !== undefined);
  return isRecord(message) ? { message_id: String(message.message_id) } : {};
}

/** An event id as it may stand in a log. */
export const loggedEventId = (provider: Provider, eventId: string, { logHashKey }: BotConfig): string =>
  provider === 'whatsapp' ? keyedHash(logHashKey, eventId) : eventId;
