import type { IncomingMedia, IncomingMessage } from './channel.ts';

/** What a message says, whoever said it and wherever. */
export type Content = Pick<IncomingMessage, 'kind' | 'text' | 'media' | 'isVoiceNote' | 'data'>;

/** `data` of kind `location`. */
export interface PlaceData {
  /** Degrees. */
  readonly latitude: number;
  readonly longitude: number;
  readonly name?: string;
  readonly address?: string;
}

/** `data` of kind `contacts` is a list of these. */
export interface ContactData {
  readonly name: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

/** `data` of kind `order`. */
export interface OrderData {
  readonly catalogId: string;
  readonly items: readonly OrderItem[];
  /** What the user wrote along. */
  readonly note?: string;
}

export interface OrderItem {
  readonly productId: string;
  readonly quantity: number;
  /** Of one piece. */
  readonly price?: number;
  readonly currency?: string;
}

/** `data` of kind `reaction`. An empty emoji takes the reaction back. */
export interface ReactionData {
  readonly messageId: string;
  readonly emoji: string;
}

/** `data` of kind `interactive` for a pressed button or a chosen row. */
export interface ChoiceData {
  readonly type: 'button_reply' | 'list_reply';
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

/** `data` of kind `interactive` for a filled flow. */
export interface FlowData {
  readonly type: 'nfm_reply';
  readonly name?: string;
  /** The flow's answers as it gave them; undefined when they are no JSON object. */
  readonly answers: Readonly<Record<string, unknown>> | undefined;
}

/** `data` of kind `button`: what the template's button carries, and its label. */
export interface ButtonData {
  readonly payload: string;
  readonly title: string;
}

/** `data` of kind `callback`. */
export interface CallbackData {
  /** Of the query, for `answerCallbackQuery`. */
  readonly id: string;
  /** What the button carries; a game's short name for a game's button. */
  readonly data: string;
}

/** `data` of kind `system`: the user has a new number or a new business-scoped id. */
export interface IdChangeData {
  readonly type: string;
  readonly oldId: string;
  readonly newId: string;
}

/** `data` of kind `sticker` on Telegram; WhatsApp has `isAnimated` alone. */
export interface StickerData {
  readonly isAnimated: boolean;
  readonly isVideo?: boolean;
  readonly emoji?: string;
}

export const UNSUPPORTED: Content = { kind: 'unsupported', text: '', media: [], isVoiceNote: false };

/** Content that is text alone, or text for a reader and data for a program. */
export const textContent = (kind: Content['kind'], text: string, data?: unknown): Content => ({
  kind,
  text,
  media: [],
  isVoiceNote: false,
  ...(data !== undefined && { data }),
});

/** A medium with its caption. */
export const mediaContent = (medium: IncomingMedia, caption: string, isVoiceNote = false): Content => ({
  kind: medium.kind,
  text: caption,
  media: [medium],
  isVoiceNote,
});

export function placeContent(place: PlaceData): Content {
  const { latitude, longitude, name, address } = place;
  return textContent('location', lines(`Location: ${latitude}, ${longitude}`, name, address), place);
}

export function contactsContent(contacts: readonly ContactData[]): Content {
  const shown = contacts.map(({ name, phones, emails }) =>
    [`Contact: ${name}`, ...phones, ...emails].join(', '),
  );
  return textContent('contacts', lines(...shown), contacts);
}

export function orderContent(order: OrderData): Content {
  const shown = order.items.map(({ productId, quantity, price, currency }) => {
    const each = price === undefined ? '' : ` (${[price, currency].filter(Boolean).join(' ')} each)`;
    return `${quantity} x ${productId}${each}`;
  });
  return textContent('order', lines('Order:', ...shown, order.note), order);
}

export const lines = (...texts: readonly (string | undefined)[]): string =>
  texts.filter((text) => text !== undefined && text !== '').join('\n');
