import { createHash } from 'node:crypto';
import type { Choice, MediaKind } from '../../channels/channel.ts';
import type { JsonRecord } from '../../core/json.ts';
import type { Provider } from '../job.ts';

/** What a user does, before a platform puts it into its own words. */
export type UserAction =
  | { readonly kind: 'text'; readonly text: string }
  | ({ readonly kind: 'media' } & SentMedia)
  | { readonly kind: 'press'; readonly choice: Choice; readonly messageId: string; readonly isList: boolean };

export interface SentMedia {
  readonly type: MediaKind;
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly caption?: string | undefined;
  readonly fileName?: string | undefined;
  readonly isVoiceNote?: boolean | undefined;
}

/** When and by whom. `number` makes the ids and counts up. */
export interface Circumstances {
  readonly number: number;
  readonly nowMillis: number;
  readonly userId: string;
}

/** The body of the webhook that the platform would post. */
export const webhookBody = (provider: Provider, action: UserAction, about: Circumstances): JsonRecord =>
  provider === 'whatsapp' ? whatsappBody(action, about) : telegramBody(action, about);

function whatsappBody(action: UserAction, { number, nowMillis, userId }: Circumstances): JsonRecord {
  const timestamp = String(Math.floor(nowMillis / 1000));
  const message = { from: userId, id: `wamid.${number}`, timestamp, ...whatsappContent(action) };
  return { entry: [{ changes: [{ field: 'messages', value: { messages: [message] } }] }] };
}

function whatsappContent(action: UserAction): JsonRecord {
  if (action.kind === 'text') return { type: 'text', text: { body: action.text } };
  if (action.kind === 'press') {
    const type = action.isList ? 'list_reply' : 'button_reply';
    return { type: 'interactive', interactive: { type, [type]: action.choice } };
  }
  const { type, id, bytes, mimeType, caption, fileName, isVoiceNote } = action;
  const sha256 = createHash('sha256').update(bytes).digest('base64');
  const medium = { id, mime_type: mimeType, sha256, caption, filename: fileName, voice: isVoiceNote };
  return { type, [type]: medium };
}

function telegramBody(action: UserAction, { number, nowMillis, userId }: Circumstances): JsonRecord {
  const id = Number(userId);
  const from = { id, is_bot: false, first_name: 'User' };
  const chat = { id, type: 'private', first_name: 'User' };
  if (action.kind === 'press') {
    const message = { message_id: Number(action.messageId), date: Math.floor(nowMillis / 1000), chat };
    const data = action.choice.id;
    return { update_id: number, callback_query: { id: `press-${number}`, from, message, data } };
  }
  const date = Math.floor(nowMillis / 1000);
  return { update_id: number, message: { message_id: number, date, chat, from, ...telegramContent(action) } };
}

function telegramContent(action: Exclude<UserAction, { readonly kind: 'press' }>): JsonRecord {
  if (action.kind === 'text') return { text: action.text };
  const { type, id, bytes, mimeType, caption, fileName, isVoiceNote } = action;
  const file = { file_id: id, file_unique_id: id, file_size: bytes.length };
  if (type === 'image') return { photo: [{ ...file, width: 1, height: 1 }], caption };
  const name = type === 'audio' && isVoiceNote ? 'voice' : type;
  return { [name]: { ...file, mime_type: mimeType, file_name: fileName }, caption };
}
