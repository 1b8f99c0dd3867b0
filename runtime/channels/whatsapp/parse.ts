import { asList, asRecord, asText, asTime, type JsonRecord } from '../../core/json.ts';
import type { IncomingEvent, IncomingMessage, SkippedEvent, WebhookEvents } from '../channel.ts';
import { hashedEventId } from '../event-id.ts';

export interface WhatsappParseOptions {
  /** Messages to other numbers are skipped. */
  readonly allowedPhoneNumberIds: readonly string[];
  /** Stands in for a time that cannot be read. */
  readonly nowMillis: number;
}

/** Kinds that a turn can answer. */
const ANSWERED_KINDS = new Set(['text']);

/** One event for each message of a webhook body; statuses and what is not understood give none. */
export function splitWhatsappBody(body: JsonRecord, options: WhatsappParseOptions): WebhookEvents {
  const events: IncomingEvent[] = [];
  const skipped: SkippedEvent[] = [];
  for (const { entry, change, value, message } of messagesOf(body)) {
    const eventId = asText(message.id) ?? hashedEventId(message);
    const numberId = asText(asRecord(value.metadata).phone_number_id);
    if (numberId !== undefined && !options.allowedPhoneNumberIds.includes(numberId)) {
      skipped.push({ eventId, rule: 'foreign_number' });
      continue;
    }
    const { statuses: _, ...rest } = value;
    const reduced = { ...entry, changes: [{ ...change, value: { ...rest, messages: [message] } }] };
    const payload = { entry: [reduced] };
    const parsed = parseWhatsappMessage(payload);
    const { chatId, userId, timestamp, kind } = parsed;
    if (chatId === '' || !ANSWERED_KINDS.has(kind)) {
      skipped.push({ eventId, rule: 'unsupported' });
      continue;
    }
    const sentAt = timestamp || new Date(options.nowMillis).toISOString();
    events.push({ chatId, userId, eventId, sentAt, payload, message: parsed });
  }
  return { events, skipped };
}

function* messagesOf(body: JsonRecord) {
  for (const entry of asList(body.entry).map(asRecord)) {
    for (const change of asList(entry.changes).map(asRecord)) {
      const value = asRecord(change.value);
      for (const message of asList(value.messages).map(asRecord)) yield { entry, change, value, message };
    }
  }
}

/** The one message of a job's payload. Empty texts stand for what it does not say. */
export function parseWhatsappMessage(payload: JsonRecord): IncomingMessage {
  const [found] = messagesOf(payload);
  const { value, message } = found ?? { value: {}, message: {} as JsonRecord };
  const userId = userIdOf(message, asRecord(value));
  const replyTo = asText(asRecord(message.context).id);
  return {
    chatId: asText(message.group_id) ?? userId,
    userId,
    messageId: asText(message.id) ?? '',
    timestamp: asTime(message.timestamp) ?? '',
    kind: message.type === 'text' ? 'text' : 'unsupported',
    text: asText(asRecord(message.text).body) ?? '',
    media: [],
    isVoiceNote: false,
    ...(replyTo !== undefined && { replyTo }),
    raw: message,
  };
}

/** The phone number; users with a username may come with a business-scoped id alone (contract bot §9.3). */
function userIdOf(message: JsonRecord, value: JsonRecord): string {
  const contacts = asList(value.contacts).map(asRecord);
  const onlyContact = contacts.length === 1 ? asText(contacts[0]?.user_id) : undefined;
  return asText(message.from) ?? asText(message.from_user_id) ?? onlyContact ?? '';
}
