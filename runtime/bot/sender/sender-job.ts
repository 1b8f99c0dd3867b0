import { traceparentOf } from '../../core/trace-context.ts';
import type { Job, Provider } from '../job.ts';
import { notSent } from './not-sent.ts';

/** WhatsApp echoes the event id and the part in at most 512 characters (contract bot §16.5). */
const MAX_KEY_LENGTH = 200;

/** Phone numbers are digits; business-scoped ids begin with a country (contract bot §9.3). The rest are groups. */
const WHATSAPP_PERSON = /^(\+?\d+|[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})$/;

/** The job that a message stands under in ledger, table and logs: event `out:<key>`, by nobody. */
export function senderJob(chatId: string, key: string, provider: Provider, nowMillis: number): Job {
  if (chatId.trim() === '') throw notSent('bad_message', 'the chat id is empty');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (key.trim() === '' || key.length > MAX_KEY_LENGTH || /[\0-\x1f]/.test(key))
    throw notSent('bad_message', `the key must have 1 to ${MAX_KEY_LENGTH} characters`);
  return {
    maws_job_version: 1,
    provider,
    bot_type: provider,
    chat_id: chatId,
    event_id: `out:${key}`,
    payload: isWhatsappGroup(provider, chatId) ? groupPayload(chatId) : {},
    v: 1,
    job_kind: 'turn',
    // No user: what a bot says by itself counts towards nobody's rate.
    user_id: 'sender',
    sent_at: new Date(nowMillis).toISOString(),
    traceparent: traceparentOf(undefined),
  };
}

const isWhatsappGroup = (provider: Provider, chatId: string) =>
  provider === 'whatsapp' && !WHATSAPP_PERSON.test(chatId);

/** What a message from that group says of itself, so that the sender addresses the group. */
const groupPayload = (chatId: string) => ({
  entry: [{ changes: [{ value: { messages: [{ group_id: chatId }] } }] }],
});
