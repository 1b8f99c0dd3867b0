import type { Message, Update } from '@grammyjs/types';
import type { IncomingMessage } from '../channel.ts';

/** Fields by the Bot API's names, their values unchecked. */
export type Unchecked<T> = { readonly [name in keyof T]?: unknown };

/** A message as it came. */
export type RawMessage = Unchecked<Message>;

/**
 * The kinds of update that get a turn: what `setWebhook` must register as `allowed_updates`, neither more nor
 * less (contract bot §17.2).
 */
export const HANDLED_UPDATES = [
  'message',
  'callback_query',
  'message_reaction',
  'my_chat_member',
] as const satisfies readonly (keyof Update)[];

/** The bot as messages name it. */
export interface TelegramBot {
  /** The number in front of its token's colon. */
  readonly id?: string;
  /** Without the @. */
  readonly username?: string | undefined;
}

/** What `Content` does not say. */
export type Envelope = Omit<IncomingMessage, 'kind' | 'text' | 'media' | 'isVoiceNote' | 'data'>;
