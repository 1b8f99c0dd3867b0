import { asList, asNumber, asRecord, asText } from '../../core/json.ts';
import type { IncomingGroup } from '../channel.ts';
import type { RawMessage, TelegramBot } from './update.ts';

/** More entities than this Telegram does not send. */
const MAX_ENTITIES = 1000;

/** The group that a message was written in; undefined in a private chat. */
export function readGroup(message: RawMessage, bot: TelegramBot): IncomingGroup | undefined {
  const chat = asRecord(message.chat);
  const id = asText(chat.id);
  if (id === undefined || (chat.type !== 'group' && chat.type !== 'supergroup')) return undefined;
  const title = asText(chat.title);
  const speaker = speakerName(message);
  return {
    id,
    ...(title && { title }),
    ...(speaker && { speakerName: speaker }),
    isAddressed: isAddressed(message, bot),
  };
}

function speakerName({ from, sender_chat }: RawMessage): string | undefined {
  const { first_name, last_name, username } = asRecord(from);
  const fullName = [asText(first_name), asText(last_name)].filter(Boolean).join(' ');
  return asText(asRecord(sender_chat).title) ?? (fullName || asText(username));
}

/** The name behind the @ of a command, in lower case; empty when there is none, undefined for no command. */
function commandSuffix(text: string): string | undefined {
  if (!text.startsWith('/')) return undefined;
  return (/^\/[^\s@]*@(\w+)/.exec(text)?.[1] ?? '').toLowerCase();
}

/** A mention, an answer to the bot, or a command. Undefined: the bot's name is needed to tell. */
function isAddressed(message: RawMessage, bot: TelegramBot): boolean | undefined {
  const suffix = commandSuffix(asText(message.text) ?? '');
  if (suffix === '' || answersBot(message, bot)) return true;
  const { names, userIds } = mentions(message);
  if (bot.id !== undefined && userIds.includes(bot.id)) return true;
  const wanted = suffix === undefined ? names : [...names, suffix];
  if (wanted.length === 0) return false;
  return bot.username === undefined ? undefined : wanted.includes(bot.username.toLowerCase());
}

/** In a topic every message names the topic's first one, so that alone is no answer. */
function answersBot({ reply_to_message }: RawMessage, bot: TelegramBot): boolean {
  const answered = asRecord(reply_to_message);
  if (bot.id === undefined || answered.forum_topic_created !== undefined) return false;
  return asText(asRecord(answered.from).id) === bot.id;
}

/** Whom the text or the caption mentions: by name, or by id where the user has no name. */
function mentions(message: RawMessage) {
  const text = asText(message.text) ?? asText(message.caption) ?? '';
  const names: string[] = [];
  const userIds: string[] = [];
  const entities = [...asList(message.entities), ...asList(message.caption_entities)];
  for (const entity of entities.slice(0, MAX_ENTITIES).map(asRecord)) {
    const offset = asNumber(entity.offset);
    const length = asNumber(entity.length);
    if (entity.type === 'text_mention') userIds.push(asText(asRecord(entity.user).id) ?? '');
    else if (entity.type === 'mention' && offset !== undefined && length !== undefined)
      names.push(text.slice(offset + 1, offset + length).toLowerCase());
  }
  return { names, userIds };
}
