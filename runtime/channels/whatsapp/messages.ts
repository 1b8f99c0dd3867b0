import type { Choice, MediaPart, OutgoingPart, SendTarget, TemplatePart, TextPart } from '../channel.ts';
import { withExtra } from '../media-part.ts';
import { parseWhatsappMessage } from './parse.ts';

/** Where WhatsApp finds a medium: its own id, or the web. */
export type MediaPlace = { readonly id: string } | { readonly link: string };

/** The body of a message (contract bot §16.5, §16.8); `place` is that of a media part. */
export const messageBody = (part: OutgoingPart, target: SendTarget, place?: MediaPlace) =>
  addressed(contentOf(part, place), target);

/** A reaction's body; an empty emoji takes it back. */
export const reactionBody = (messageId: string, emoji: string, target: SendTarget) =>
  addressed({ type: 'reaction', reaction: { message_id: messageId, emoji } }, target);

function addressed(content: Readonly<Record<string, unknown>>, target: SendTarget) {
  const { callbackData, quotedMessageId, extra } = target;
  const body = {
    messaging_product: 'whatsapp',
    ...addressOf(target),
    ...(quotedMessageId !== undefined && { context: { message_id: quotedMessageId } }),
    ...content,
    ...(callbackData !== '' && { biz_opaque_callback_data: callbackData }),
  };
  return withExtra(body, extra);
}

// Business-scoped user ids look like `US.13491208655302741918`; phone numbers are digits (contract bot §9.3).
const BUSINESS_SCOPED_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** The message came from a group. */
export const isInGroup = ({ chatId, payload }: Pick<SendTarget, 'chatId' | 'payload'>): boolean =>
  parseWhatsappMessage(payload).group?.id === chatId;

/** A message that came from a group is answered in the group (contract bot §9.3). */
function addressOf(target: Pick<SendTarget, 'chatId' | 'payload'>) {
  const { chatId } = target;
  if (isInGroup(target)) return { recipient_type: 'group', to: chatId };
  const isBusinessScoped = BUSINESS_SCOPED_ID.test(chatId);
  return { recipient_type: 'individual', ...(isBusinessScoped ? { recipient: chatId } : { to: chatId }) };
}

function contentOf(part: OutgoingPart, place: MediaPlace | undefined): Readonly<Record<string, unknown>> {
  if (part.type === 'text') return textContent(part);
  if (part.type === 'template') return { type: 'template', template: templateContent(part) };
  return { type: part.type, [part.type]: mediaContent(part, place) };
}

function textContent({ text, buttons, list }: TextPart) {
  if (buttons)
    return interactive('button', text, {
      buttons: buttons.map(({ id, title }) => ({ type: 'reply', reply: { id, title } })),
    });
  if (list)
    return interactive('list', text, { button: list.button, sections: [{ rows: list.rows.map(row) }] });
  return { type: 'text', text: { body: text } };
}

const interactive = (type: 'button' | 'list', text: string, action: object) => ({
  type: 'interactive',
  interactive: { type, body: { text }, action },
});

const row = ({ id, title, description }: Choice) => ({ id, title, ...(description && { description }) });

function mediaContent({ type, caption, fileName, isVoiceNote }: MediaPart, place: MediaPlace | undefined) {
  return {
    ...place,
    ...(caption && { caption }),
    ...(type === 'document' && fileName && { filename: fileName }),
    ...(type === 'audio' && isVoiceNote && { voice: true }),
  };
}

/** Parameters with numbers for names are given in their order, others by name. */
function templateContent({ name, language, parameters }: TemplatePart) {
  const entries = Object.entries(parameters);
  const isNumbered = entries.every(([key]) => /^\d+$/.test(key));
  const values = entries.map(([key, text]) => ({
    type: 'text',
    ...(!isNumbered && { parameter_name: key }),
    text,
  }));
  return {
    name,
    language: { code: language },
    ...(values.length > 0 && { components: [{ type: 'body', parameters: values }] }),
  };
}
