import { asList, asRecord, asText, asTime, type JsonRecord } from '../../core/json.ts';
import type { IncomingEvent, IncomingMessage, SkippedEvent, WebhookEvents } from '../channel.ts';
import { hashedEventId } from '../event-id.ts';
import { KINDS } from '../kinds.ts';
import { readContent } from './content.ts';
import { readGroup, readUser, receivingNumber } from './identity.ts';

export interface WhatsappParseOptions {
  /** Messages to other numbers are skipped. */
  readonly allowedPhoneNumberIds: readonly string[];
  /** Stands in for a time that cannot be read. */
  readonly nowMillis: number;
}

/** One event for each message of a webhook body; statuses give none. Never throws. */
export function splitWhatsappBody(body: JsonRecord, options: WhatsappParseOptions): WebhookEvents {
  const events: IncomingEvent[] = [];
  const skipped: SkippedEvent[] = [];
  for (const { entry, change, value, message } of messagesOf(body)) {
    const eventId = asText(message.id) ?? hashedEventId(message);
    const numberId = receivingNumber(value);
    if (numberId !== undefined && !options.allowedPhoneNumberIds.includes(numberId)) {
      skipped.push({ eventId, rule: 'foreign_number' });
      continue;
    }
    const { statuses: _, ...rest } = value;
    const reduced = { ...entry, changes: [{ ...change, value: { ...rest, messages: [message] } }] };
    const payload = { entry: [reduced] };
    const parsed = parseWhatsappMessage(payload);
    const sentAt = parsed.timestamp || new Date(options.nowMillis).toISOString();
    const { chatId, userId, kind } = parsed;
    const event = { chatId, userId, eventId, sentAt, payload, message: parsed };
    if (chatId !== '' && KINDS[kind] !== 'ignored') events.push(event);
    else skipped.push({ eventId, rule: 'unsupported', ...(isToldOf(parsed) && { event }) });
  }
  return { events, skipped };
}

/** Nobody wrote a system message, so nobody waits for an answer to it. */
const isToldOf = ({ chatId, kind, raw }: IncomingMessage) =>
  chatId !== '' && kind === 'unsupported' && raw.type !== 'system';

function* messagesOf(body: JsonRecord) {
  for (const entry of asList(body.entry).map(asRecord)) {
    for (const change of asList(entry.changes).map(asRecord)) {
      const value = asRecord(change.value);
      for (const message of asList(value.messages).map(asRecord)) yield { entry, change, value, message };
    }
  }
}

/** The one message of a job's payload. Empty texts stand for what it does not say. Never throws. */
export function parseWhatsappMessage(payload: JsonRecord): IncomingMessage {
  const [{ value, message } = { value: {} as JsonRecord, message: {} as JsonRecord }] = messagesOf(payload);
  const content = readContent(message);
  const user = readUser(message, value);
  const replyTo = asText(asRecord(message.context).id);
  const isCommand = content.kind === 'text' && content.text.startsWith('/');
  const group = readGroup(message, value, { text: content.text, isCommand, speakerName: user.name });
  return {
    chatId: group?.id ?? user.id,
    userId: user.id,
    ...(user.aliases.length > 0 && { userAliases: user.aliases }),
    messageId: asText(message.id) ?? '',
    timestamp: asTime(message.timestamp) ?? '',
    ...content,
    ...(replyTo !== undefined && { replyTo }),
    ...(group && { group }),
    raw: message,
  };
}

/** The number that a job's message was sent to, which is the number that answers it (contract bot §9.5). */
export function receivingNumberOf(payload: JsonRecord): string | undefined {
  const [found] = messagesOf(payload);
  return found && receivingNumber(found.value);
}

/** What a job's payload must keep so that it is answered by its number, in its group. */
export function addressIn(payload: JsonRecord): JsonRecord {
  const numberId = receivingNumberOf(payload);
  const { group } = parseWhatsappMessage(payload);
  const metadata = numberId !== undefined && { metadata: { phone_number_id: numberId } };
  const message = group ? { group_id: group.id } : {};
  return { entry: [{ changes: [{ value: { ...metadata, messages: [message] } }] }] };
}
