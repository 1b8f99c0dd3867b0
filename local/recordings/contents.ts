import { createHash } from 'node:crypto';
import type { HeldMedia } from '../stand-ins/media-shelf.ts';

/** What a user sends other than a text, in its platform's words. */
export interface Content {
  /** What a person reads of it. */
  readonly said: string;
  /** Fields of the message. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Telegram: an update of another kind, made from the message that would be. */
  readonly update?: (message: TelegramMessage) => Readonly<Record<string, unknown>>;
}

interface TelegramMessage {
  readonly message_id: number;
  readonly from: object;
  readonly chat: object;
  readonly date: number;
}

/** A medium that its platform's stand-in holds under `id`. */
export interface SentMedia extends HeldMedia {
  readonly id: string;
}

const PLACE = { latitude: 51.4779, longitude: -0.0015, name: 'Royal Observatory', address: 'Greenwich' };

const whatsappMedium = ({ id, bytes, mimeType }: SentMedia) => ({
  id,
  mime_type: mimeType,
  sha256: createHash('sha256').update(bytes).digest('base64'),
});

const answering = (messageId: string, interactive: object) => ({
  context: { from: '12025550100', id: messageId },
  type: 'interactive',
  interactive,
});

/** WhatsApp's messages other than texts. */
export const whatsappContents = {
  image: (media: SentMedia, caption?: string): Content => ({
    said: caption ?? '',
    fields: { type: 'image', image: { ...whatsappMedium(media), ...(caption !== undefined && { caption }) } },
  }),
  document: (media: SentMedia): Content => ({
    said: media.fileName ?? '',
    fields: { type: 'document', document: { ...whatsappMedium(media), filename: media.fileName } },
  }),
  voice: (media: SentMedia): Content => ({
    said: '',
    fields: { type: 'audio', audio: { ...whatsappMedium(media), voice: true } },
  }),
  button: (id: string, title: string, messageId = 'wamid.QQ=='): Content => ({
    said: title,
    fields: answering(messageId, { type: 'button_reply', button_reply: { id, title } }),
  }),
  list: (id: string, title: string, messageId = 'wamid.QQ=='): Content => ({
    said: title,
    fields: answering(messageId, { type: 'list_reply', list_reply: { id, title, description: '' } }),
  }),
  quickReply: (text: string, payload: string, messageId = 'wamid.QQ=='): Content => ({
    said: text,
    fields: { context: { from: '12025550100', id: messageId }, type: 'button', button: { payload, text } },
  }),
  reaction: (messageId: string, emoji: string): Content => ({
    said: emoji,
    fields: { type: 'reaction', reaction: { message_id: messageId, emoji } },
  }),
  location: (): Content => ({ said: PLACE.name, fields: { type: 'location', location: PLACE } }),
};

const file = ({ id, bytes, mimeType }: SentMedia) => ({
  file_id: id,
  file_unique_id: id,
  file_size: bytes.length,
  mime_type: mimeType,
});

/** Telegram's messages and updates other than texts. */
export const telegramContents = {
  image: (media: SentMedia, caption?: string): Content => {
    const { mime_type: _, ...size } = file(media);
    return {
      said: caption ?? '',
      fields: { photo: [{ ...size, width: 90, height: 90 }], ...(caption !== undefined && { caption }) },
    };
  },
  document: (media: SentMedia): Content => ({
    said: media.fileName ?? '',
    fields: { document: { ...file(media), file_name: media.fileName } },
  }),
  voice: (media: SentMedia): Content => ({ said: '', fields: { voice: { ...file(media), duration: 3 } } }),
  location: (): Content => {
    const { name: title, address, ...location } = PLACE;
    return { said: title, fields: { location, venue: { location, title, address } } };
  },
  callback: (data: string): Content => ({
    said: data,
    fields: {},
    update: ({ from, ...message }) => ({
      callback_query: { id: '4382bfdwdsb323b2d9', from, message, chat_instance: '1', data },
    }),
  }),
  reaction: (messageId: number, emoji: string): Content => ({
    said: emoji,
    fields: {},
    update: ({ from, chat, date }) => ({
      message_reaction: {
        chat,
        message_id: messageId,
        user: from,
        date,
        old_reaction: [],
        new_reaction: emoji === '' ? [] : [{ type: 'emoji', emoji }],
      },
    }),
  }),
};
