import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { StandInCall } from '../stand-ins/stand-in.ts';
import { whatsappMessageId } from '../stand-ins/whatsapp-id.ts';
import type { Content } from './contents.ts';
import telegramText from './telegram-text.json' with { type: 'json' };
import whatsappText from './whatsapp-text.json' with { type: 'json' };

/** A request as a platform would make it, and the ids in it. */
export interface Webhook {
  readonly chatId: string;
  readonly eventId: string;
  /** What the user wrote; empty for a status report. */
  readonly text: string;
  /** The exact bytes that are signed. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What to change in the recording; the rest is as recorded, with a fresh id. */
export interface WebhookOptions {
  /** The user: a phone number, or Telegram's chat id. */
  readonly chatId?: string;
  readonly text?: string;
  /** What stands in the message in place of the recorded text (`contents.ts`). */
  readonly content?: Content;
  /** The message's id (WhatsApp) or the update's (Telegram). */
  readonly eventId?: string;
  /** Milliseconds since 1970; default now. */
  readonly sentMillis?: number;
}

/** The header value of Meta's signature over the raw body. */
export const whatsappSignature = (body: string, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;

const first = <T>(list: readonly T[]): T => {
  const [item] = list;
  if (item === undefined) throw new Error('A recording is empty.');
  return item;
};

const RECORDED = first(first(whatsappText.entry).changes).value;
const RECORDED_MESSAGE = first(RECORDED.messages);

/** The recorded WhatsApp text message, signed. */
export function whatsappWebhook(
  options: WebhookOptions & { readonly appSecret: string; readonly phoneNumberId?: string },
): Webhook {
  const from = options.chatId ?? RECORDED_MESSAGE.from;
  const id = options.eventId ?? whatsappMessageId(from, randomBytes(9).toString('hex').toUpperCase(), 'in');
  const userId = `US.${from}`;
  const text = options.text ?? RECORDED_MESSAGE.text.body;
  const content = options.content ?? { said: text, fields: { type: 'text', text: { body: text } } };
  const { type: _type, text: _text, ...recorded } = RECORDED_MESSAGE;
  const message = {
    ...recorded,
    from,
    from_user_id: userId,
    id,
    timestamp: String(Math.floor((options.sentMillis ?? Date.now()) / 1000)),
    ...content.fields,
  };
  const value = {
    ...RECORDED,
    metadata: {
      ...RECORDED.metadata,
      phone_number_id: options.phoneNumberId ?? RECORDED.metadata.phone_number_id,
    },
    contacts: [{ ...first(RECORDED.contacts), wa_id: from, user_id: userId }],
    messages: [message],
  };
  return signed(value, { chatId: from, eventId: id, text: content.said }, options.appSecret);
}

/** What Meta reports of a message that was sent: how an unclear send is settled. */
export function whatsappStatusWebhook(
  call: Pick<StandInCall, 'messageId' | 'chatId' | 'body' | 'atMillis'>,
  status: 'sent' | 'delivered' | 'read',
  appSecret: string,
): Webhook {
  const callbackData = call.body.biz_opaque_callback_data;
  const report = {
    id: call.messageId,
    status,
    timestamp: String(Math.floor(call.atMillis / 1000)),
    recipient_id: call.chatId,
    recipient_user_id: `US.${call.chatId}`,
    ...(callbackData !== undefined && { biz_opaque_callback_data: callbackData }),
    pricing: { billable: true, pricing_model: 'PMP', category: 'service', type: 'regular' },
  };
  const { messaging_product, metadata } = RECORDED;
  const ids = { chatId: call.chatId, eventId: call.messageId ?? '', text: '' };
  return signed({ messaging_product, metadata, statuses: [report] }, ids, appSecret);
}

function signed(
  value: object,
  ids: Pick<Webhook, 'chatId' | 'eventId' | 'text'>,
  appSecret: string,
): Webhook {
  const [entry] = whatsappText.entry;
  const body = JSON.stringify({
    ...whatsappText,
    entry: [{ ...entry, changes: [{ field: 'messages', value }] }],
  });
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'facebookexternalua',
    'x-hub-signature-256': whatsappSignature(body, appSecret),
  };
  return { ...ids, body, headers };
}

/** The recorded Telegram text message, with the secret that `setWebhook` registered. */
export function telegramWebhook(options: WebhookOptions & { readonly secretToken: string }): Webhook {
  const recorded = telegramText.message;
  const chat = Number(options.chatId ?? recorded.chat.id);
  const updateId = Number(options.eventId ?? randomInt(100_000_000, 2_000_000_000));
  const seconds = Math.floor((options.sentMillis ?? Date.now()) / 1000);
  const text = options.text ?? recorded.text;
  const { said, fields, update } = {
    update: undefined,
    ...(options.content ?? { said: text, fields: { text } }),
  };
  const { text: _, ...rest } = recorded;
  const from = { ...recorded.from, id: chat };
  const message = {
    ...rest,
    message_id: (updateId % 1_000_000) + 1,
    from,
    chat: { ...recorded.chat, id: chat },
    date: seconds,
    ...fields,
  };
  const body = { update_id: updateId, ...(update ? update(message) : { message }) };
  return {
    chatId: String(chat),
    eventId: String(updateId),
    text: said,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': options.secretToken },
  };
}

/** The n-th of 80,000 telephone numbers that are reserved for fiction, without the plus sign. */
export const fictionalNumber = (n: number): string =>
  `1${200 + (Math.floor(n / 100) % 800)}55501${String(n % 100).padStart(2, '0')}`;
