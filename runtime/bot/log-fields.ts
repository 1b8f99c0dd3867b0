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
  trace_id: traceIdOf(job.traceparent),
});

/** An event id as it may stand in a log. */
export const loggedEventId = (provider: Provider, eventId: string, { logHashKey }: BotConfig): string =>
  provider === 'whatsapp' ? keyedHash(logHashKey, eventId) : eventId;
