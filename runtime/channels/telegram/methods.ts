import { SendError } from '../../core/errors.ts';
import type { Choice, MediaPart, OutgoingPart, SendTarget, TextPart } from '../channel.ts';
import { faultOfPart, TELEGRAM_LIMITS } from '../limits.ts';
import { blobOf, bytesOfPart, type PartBytes, withExtra } from '../media-part.ts';
import { quoteOf, topicOf } from './place.ts';

/** A call of the Bot API; with a file it goes as a form. */
export interface MethodCall {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly file?: { readonly field: string; readonly content: PartBytes };
}

/** Method and field of each kind of medium. */
const MEDIA_METHODS = {
  image: ['sendPhoto', 'photo'],
  audio: ['sendAudio', 'audio'],
  video: ['sendVideo', 'video'],
  document: ['sendDocument', 'document'],
  sticker: ['sendSticker', 'sticker'],
} as const;

/** The call that sends a part. Throws a permanent `SendError` for what Telegram does not take. */
export async function methodOf(part: OutgoingPart, target: SendTarget): Promise<MethodCall> {
  const fault = faultOfPart(TELEGRAM_LIMITS, part);
  if (fault || part.type === 'template')
    throw new SendError(`The part of type "${part.type}" cannot be sent: ${fault}`, 'permanent');
  const { method, params, file } = part.type === 'text' ? textMethod(part) : await mediaMethod(part, target);
  const placed = {
    chat_id: target.chatId,
    ...params,
    ...topicOf(target.payload),
    ...quoteOf(target.quotedMessageId),
  };
  return { method, params: withExtra(placed, target.extra), ...(file && { file }) };
}

function textMethod({ text, parseMode, buttons, list }: TextPart): MethodCall {
  // Telegram has no lists: their rows are buttons, too.
  const choices = buttons ?? list?.rows;
  const params = {
    text,
    ...(parseMode && { parse_mode: parseMode }),
    ...(choices && { reply_markup: { inline_keyboard: choices.map((choice) => [buttonOf(choice)]) } }),
  };
  return { method: 'sendMessage', params };
}

const buttonOf = ({ id, title }: Choice) => ({ text: title, callback_data: id });

async function mediaMethod(part: MediaPart, target: SendTarget): Promise<MethodCall> {
  const isVoice = part.type === 'audio' && part.isVoiceNote === true;
  const [method, field] = isVoice ? ['sendVoice', 'voice'] : MEDIA_METHODS[part.type];
  const caption = part.caption ? { caption: part.caption } : {};
  const content = await bytesOfPart(part, target);
  if (!content) return { method, params: { [field]: Object.values(part.media)[0], ...caption } };
  const limit = TELEGRAM_LIMITS.bytes[part.type];
  if (content.bytes.length > limit)
    throw new SendError(
      `The part of type "${part.type}" has ${content.bytes.length} bytes; Telegram takes ${limit}`,
      'permanent',
    );
  return { method, params: caption, file: { field, content } };
}

/** Parameters and file as a form. */
export function formOf({ params, file }: MethodCall): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(params))
    form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  if (file) form.set(file.field, blobOf(file.content), file.content.fileName);
  return form;
}

/** Where a sign without a message goes. */
export const placeOf = (target: Pick<SendTarget, 'chatId' | 'payload'>) => ({
  chat_id: target.chatId,
  ...topicOf(target.payload),
});
