import type { Update } from '@grammyjs/types';
import { asRecord, asText, asTime, isRecord, type JsonRecord } from '../../core/json.ts';
import type { IncomingMessage, WebhookEvents } from '../channel.ts';
import { hashedEventId } from '../event-id.ts';
import { KINDS } from '../kinds.ts';
import { readContent } from './content.ts';
import { readCallback, readMembership, readReaction, who } from './events.ts';
import { readGroup } from './group.ts';
import type { RawMessage, TelegramBot, Unchecked } from './update.ts';

/** The update's event, or why it has none. Never throws. */
export function splitTelegramUpdate(
  body: JsonRecord,
  nowMillis: number,
  bot: TelegramBot = {},
): WebhookEvents {
  const update: Unchecked<Update> = body;
  const message = parseTelegramMessage(body, bot);
  const eventId =
    asText(update.update_id) ?? asText(asRecord(update.message).message_id) ?? hashedEventId(body);
  const sentAt = message.timestamp || new Date(nowMillis).toISOString();
  const { chatId, userId, kind } = message;
  const event = { chatId, userId, eventId, sentAt, payload: body, message };
  if (chatId !== '' && KINDS[kind] !== 'ignored') return { events: [event], skipped: [] };
  return {
    events: [],
    skipped: [{ eventId, rule: 'unsupported', ...(isToldOf(message, body) && { event }) }],
  };
}

/** Messages that Telegram writes into a private chat by itself: nobody waits for an answer to them. */
const SERVICE_FIELDS = [
  'pinned_message',
  'message_auto_delete_timer_changed',
  'chat_background_set',
  'write_access_allowed',
  'successful_payment',
] as const satisfies readonly (keyof NonNullable<Update['message']>)[];

/** A group is full of such messages; there only who addresses the bot is told. */
function isToldOf({ chatId, kind, group, raw }: IncomingMessage, body: JsonRecord): boolean {
  if (chatId === '' || kind !== 'unsupported' || !isRecord(body.message)) return false;
  return group ? group.isAddressed === true : SERVICE_FIELDS.every((name) => raw[name] === undefined);
}

/**
 * The message of a job's payload. Empty texts stand for what it does not say. Without the bot's name some
 * group messages cannot tell whether they address it. Never throws.
 */
export function parseTelegramMessage(payload: JsonRecord, bot: TelegramBot = {}): IncomingMessage {
  const update: Unchecked<Update> = payload;
  if (isRecord(update.callback_query)) return readCallback(update.callback_query, bot);
  if (isRecord(update.message_reaction)) return readReaction(update.message_reaction, bot);
  if (isRecord(update.my_chat_member)) return readMembership(update.my_chat_member);
  if (isRecord(update.edited_message)) return { ...readMessage(update.edited_message, bot), kind: 'edited' };
  return readMessage(asRecord(update.message), bot);
}

function readMessage(raw: JsonRecord, bot: TelegramBot): IncomingMessage {
  const message: RawMessage = raw;
  const replyTo = repliedMessage(message);
  const group = readGroup(message, bot);
  return {
    ...who(message.chat, message.from),
    messageId: asText(message.message_id) ?? '',
    timestamp: asTime(message.date) ?? '',
    ...readContent(message),
    ...(replyTo !== undefined && { replyTo }),
    ...(group && { group }),
    raw,
  };
}

/** In a topic every message names the topic's first one; that is no answer. */
function repliedMessage({ reply_to_message }: RawMessage): string | undefined {
  const answered = asRecord(reply_to_message);
  return answered.forum_topic_created === undefined ? asText(answered.message_id) : undefined;
}
