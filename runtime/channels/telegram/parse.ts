import type { Message, Update } from '@grammyjs/types';
import { asRecord, asText, asTime, type JsonRecord } from '../../core/json.ts';
import type { IncomingMessage, WebhookEvents } from '../channel.ts';
import { hashedEventId } from '../event-id.ts';

/** Fields by the Bot API's names, their values unchecked. */
type Unchecked<T> = { readonly [name in keyof T]?: unknown };

/** The update's event. Only text messages give one as yet. */
export function splitTelegramUpdate(body: JsonRecord, nowMillis: number): WebhookEvents {
  const update: Unchecked<Update> = body;
  const message = parseTelegramMessage(body);
  const { chatId, userId, messageId, timestamp, kind } = message;
  const eventId = asText(update.update_id) ?? (messageId || hashedEventId(body));
  if (chatId === '' || kind !== 'text') return { events: [], skipped: [{ eventId, rule: 'unsupported' }] };
  const sentAt = timestamp || new Date(nowMillis).toISOString();
  return { events: [{ chatId, userId, eventId, sentAt, payload: body, message }], skipped: [] };
}

/** The message of a job's payload. Empty texts stand for what it does not say. */
export function parseTelegramMessage(payload: JsonRecord): IncomingMessage {
  const update: Unchecked<Update> = payload;
  const message: Unchecked<Message> = asRecord(update.message);
  const chatId = asText(asRecord(message.chat).id) ?? '';
  const replyTo = asText(asRecord(message.reply_to_message).message_id);
  const text = asText(message.text);
  return {
    chatId,
    // A message on behalf of a group or a channel names no user.
    userId: asText(asRecord(message.from).id) ?? chatId,
    messageId: asText(message.message_id) ?? '',
    timestamp: asTime(message.date) ?? '',
    kind: text === undefined ? 'unsupported' : 'text',
    text: text ?? '',
    media: [],
    isVoiceNote: false,
    ...(replyTo !== undefined && { replyTo }),
    raw: asRecord(message),
  };
}
