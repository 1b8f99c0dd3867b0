import { asList, asNumber, asRecord, asText, isRecord, isTooDeep, type JsonRecord } from '../../core/json.ts';
import {
  type ButtonData,
  type ChoiceData,
  type Content,
  contactsContent,
  type FlowData,
  type IdChangeData,
  lines,
  orderContent,
  placeContent,
  type ReactionData,
  textContent,
  UNSUPPORTED,
} from '../content.ts';
import { readMedia, readSound } from './media.ts';

/** One reader for each `type` of a message; it gives nothing when a field it cannot do without is missing. */
const READERS = new Map<string, (message: JsonRecord) => Content | undefined>([
  ['text', readText],
  ['image', readMedia('image')],
  ['video', readMedia('video')],
  ['document', readMedia('document')],
  ['sticker', readMedia('sticker')],
  ['audio', readSound],
  ['voice', readSound],
  ['reaction', readReaction],
  ['interactive', readInteractive],
  ['button', readButton],
  ['location', readPlace],
  ['contacts', readContacts],
  ['order', readOrder],
  ['system', readIdChange],
]);

/** What a message says (contract bot §9). */
export const readContent = (message: JsonRecord): Content =>
  READERS.get(asText(message.type) ?? '')?.(message) ?? UNSUPPORTED;

function readText(message: JsonRecord): Content | undefined {
  const text = asText(asRecord(message.text).body);
  return text === undefined ? undefined : textContent('text', text);
}

function readReaction(message: JsonRecord): Content | undefined {
  const { message_id, emoji } = asRecord(message.reaction);
  const messageId = asText(message_id);
  if (messageId === undefined) return undefined;
  const data: ReactionData = { messageId, emoji: asText(emoji) ?? '' };
  return textContent('reaction', data.emoji, data);
}

function readInteractive(message: JsonRecord): Content | undefined {
  const interactive = asRecord(message.interactive);
  const { type } = interactive;
  if (type === 'nfm_reply') return readFlow(asRecord(interactive.nfm_reply));
  if (type !== 'button_reply' && type !== 'list_reply') return undefined;
  const choice = asRecord(interactive[type]);
  const id = asText(choice.id);
  if (id === undefined) return undefined;
  const description = asText(choice.description);
  const title = asText(choice.title) ?? id;
  const data: ChoiceData = { type, id, title, ...(description && { description }) };
  return textContent('interactive', title, data);
}

/** A filled flow: its answers come as JSON in a text. */
function readFlow(reply: JsonRecord): Content {
  const answers = parseAnswers(asText(reply.response_json));
  const name = asText(reply.name);
  const data: FlowData = { type: 'nfm_reply', ...(name && { name }), answers };
  const shown = Object.entries(answers ?? {})
    .filter(([key]) => key !== 'flow_token')
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return textContent('interactive', lines(...shown) || (asText(reply.body) ?? ''), data);
}

function parseAnswers(text = ''): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && !isTooDeep(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The quick reply of a template. */
function readButton(message: JsonRecord): Content | undefined {
  const button = asRecord(message.button);
  const payload = asText(button.payload) ?? asText(button.text);
  if (payload === undefined) return undefined;
  const data: ButtonData = { payload, title: asText(button.text) ?? payload };
  return textContent('button', data.title, data);
}

function readPlace(message: JsonRecord): Content | undefined {
  const fields = asRecord(message.location);
  const latitude = asNumber(fields.latitude);
  const longitude = asNumber(fields.longitude);
  if (latitude === undefined || longitude === undefined) return undefined;
  const name = asText(fields.name);
  const address = asText(fields.address);
  return placeContent({ latitude, longitude, ...(name && { name }), ...(address && { address }) });
}

function readContacts(message: JsonRecord): Content | undefined {
  const contacts = asList(message.contacts).map(asRecord);
  if (contacts.length === 0) return undefined;
  const texts = (list: unknown, field: string) =>
    asList(list).flatMap((item) => asText(asRecord(item)[field]) ?? []);
  return contactsContent(
    contacts.map(({ name, phones, emails }) => ({
      name: asText(asRecord(name).formatted_name) ?? asText(asRecord(name).first_name) ?? '',
      phones: texts(phones, 'phone'),
      emails: texts(emails, 'email'),
    })),
  );
}

function readOrder(message: JsonRecord): Content | undefined {
  const order = asRecord(message.order);
  const items = asList(order.product_items).map(asRecord);
  if (items.length === 0) return undefined;
  const note = asText(order.text);
  return orderContent({
    catalogId: asText(order.catalog_id) ?? '',
    items: items.map((item) => {
      const price = asNumber(item.item_price);
      const currency = asText(item.currency);
      return {
        productId: asText(item.product_retailer_id) ?? '',
        quantity: asNumber(item.quantity) ?? 1,
        ...(price !== undefined && { price }),
        ...(currency && { currency }),
      };
    }),
    ...(note && { note }),
  });
}

/** A new phone number or business-scoped id of the user; other system messages say nothing to a bot. */
function readIdChange(message: JsonRecord): Content | undefined {
  const system = asRecord(message.system);
  const type = asText(system.type) ?? '';
  const byUserId = type === 'user_changed_user_id';
  const oldId = byUserId
    ? (asText(system.previous_user_id) ?? asText(message.from_user_id))
    : (asText(system.customer) ?? asText(message.from));
  const newId = byUserId
    ? asText(system.user_id)
    : (asText(system.wa_id) ?? asText(system.new_wa_id) ?? asText(system.user_id));
  if (!/^(user|customer)_changed_/.test(type) || oldId === undefined || newId === undefined) return undefined;
  const data: IdChangeData = { type, oldId, newId };
  return textContent('system', asText(system.body) ?? '', data);
}
