import type { CallbackQuery, ChatMemberUpdated, MessageReactionUpdated } from '@grammyjs/types';
import { asList, asRecord, asText, asTime, type JsonRecord } from '../../core/json.ts';
import type { IncomingMessage } from '../channel.ts';
import { type CallbackData, type ReactionData, textContent, UNSUPPORTED } from '../content.ts';
import { readGroup } from './group.ts';
import type { TelegramBot, Unchecked } from './update.ts';

/** Updates that are no messages. Each is read as one of the chat that it belongs to. */

/** A pressed button. The chat is that of the message with the button; the query itself has no time. */
export function readCallback(raw: JsonRecord, bot: TelegramBot): IncomingMessage {
  const query: Unchecked<CallbackQuery> = raw;
  const message = asRecord(query.message);
  const text = asText(query.data) ?? asText(query.game_short_name) ?? '';
  const data: CallbackData = { id: asText(query.id) ?? '', data: text };
  const group = readGroup({ chat: message.chat, from: query.from }, bot);
  return {
    ...who(message.chat, query.from),
    messageId: asText(message.message_id) ?? '',
    timestamp: '',
    ...textContent('callback', text, data),
    // Only the bot's own messages have its buttons.
    ...(group && { group: { ...group, isAddressed: true } }),
    raw,
  };
}

/** A change of a user's reactions to a message; an empty emoji when the last one was taken back. */
export function readReaction(raw: JsonRecord, bot: TelegramBot): IncomingMessage {
  const reaction: Unchecked<MessageReactionUpdated> = raw;
  const last = asRecord(asList(reaction.new_reaction).at(-1));
  const emoji = asText(last.emoji) ?? asText(last.custom_emoji_id) ?? '';
  const data: ReactionData = { messageId: asText(reaction.message_id) ?? '', emoji };
  const group = readGroup({ chat: reaction.chat, from: reaction.user }, bot);
  return {
    ...who(reaction.chat, reaction.user ?? reaction.actor_chat),
    messageId: '',
    timestamp: asTime(reaction.date) ?? '',
    ...textContent('reaction', emoji, data),
    replyTo: data.messageId,
    ...(group && { group }),
    raw,
  };
}

/** The user blocked the bot, or a group removed it. Any other change of its membership says nothing to it. */
export function readMembership(raw: JsonRecord): IncomingMessage {
  const change: Unchecked<ChatMemberUpdated> = raw;
  const isKicked = asRecord(change.new_chat_member).status === 'kicked';
  return {
    ...who(change.chat, change.from),
    messageId: '',
    timestamp: asTime(change.date) ?? '',
    ...(isKicked ? textContent('blocked', '') : UNSUPPORTED),
    raw,
  };
}

/** What acts on behalf of a group or a channel names no user. */
export function who(chat: unknown, user: unknown): Pick<IncomingMessage, 'chatId' | 'userId'> {
  const chatId = asText(asRecord(chat).id) ?? '';
  return { chatId, userId: asText(asRecord(user).id) ?? chatId };
}
