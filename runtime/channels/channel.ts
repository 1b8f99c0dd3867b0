/**
 * What a chat platform can do for a bot. One folder per platform implements it: `verify` (is the webhook
 * genuine), `parse` (what does it say), `send` (get a part accepted).
 */

/** One event of a webhook body, reduced to itself. */
export interface IncomingEvent {
  readonly chatId: string;
  readonly userId: string;
  readonly eventId: string;
  /** The provider's time, ISO 8601. */
  readonly sentAt: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the payload says. */
  readonly message: IncomingMessage;
}

/** An event that gets no turn, and the rule that says so (contract bot §6.8). */
export interface SkippedEvent {
  readonly eventId: string;
  readonly rule: 'foreign_number' | 'unsupported';
  /** Whom a notice would go to; absent when nobody waits for one. */
  readonly event?: IncomingEvent;
}

/** What a webhook body says. */
export interface WebhookEvents {
  readonly events: readonly IncomingEvent[];
  readonly skipped: readonly SkippedEvent[];
}

/** A message in the words that agents read, the same for all platforms. */
export interface IncomingMessage {
  readonly chatId: string;
  readonly userId: string;
  /** Other ids of the same user: business-scoped ones beside a phone number (contract bot §9.3). */
  readonly userAliases?: readonly string[];
  /** For `callback` the message that has the button; empty for `blocked` and Telegram's `reaction`. */
  readonly messageId: string;
  /** The provider's time, ISO 8601; empty when it gives none. */
  readonly timestamp: string;
  /** `text`, `image`, …: contract bot §8 and §9. */
  readonly kind: MessageKind;
  /** The text, the caption, or the structured kind's fields as text. */
  readonly text: string;
  /** In the platform's order; empty for most kinds. */
  readonly media: readonly IncomingMedia[];
  readonly isVoiceNote: boolean;
  /** What a structured kind says; its shape for each kind stands in `content.ts`. */
  readonly data?: unknown;
  /** The message id this one answers. */
  readonly replyTo?: string;
  /** Present when the message was written in a group. */
  readonly group?: IncomingGroup;
  /** The platform's own fields. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Kinds of contract bot §8 and §9; `kinds.ts` says which of them get a turn. */
export type MessageKind =
  | 'text'
  | MediaKind
  | 'reaction'
  | 'interactive'
  | 'button'
  | 'callback'
  | 'location'
  | 'contacts'
  | 'order'
  | 'edited'
  | 'system'
  | 'blocked'
  | 'unsupported';

export type MediaKind = 'image' | 'audio' | 'video' | 'document' | 'sticker';

/** A medium that a user sent; its bytes are fetched when somebody asks. */
export interface IncomingMedia {
  readonly kind: MediaKind;
  /** The platform's id, by which it is fetched. */
  readonly id: string;
  readonly mimeType?: string;
  readonly fileName?: string;
  /** Lower-case hex, when the platform says it. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** Reference to the copy among the chat's files, when they are kept. */
  readonly file?: string;
}

export interface IncomingGroup {
  readonly id: string;
  readonly title?: string;
  /** Who wrote, as the group sees them. */
  readonly speakerName?: string;
  /** The bot is mentioned, answered, or given a command. Undefined: a name is needed to tell. */
  readonly isAddressed: boolean | undefined;
}

/** One platform message of a reply, as it is stored in the ledger and sent. */
export type OutgoingPart = TextPart | MediaPart | TemplatePart;

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  /** Telegram's `HTML` or `MarkdownV2`; refused markup is sent once more as plain text. */
  readonly parseMode?: string;
  /** At most 3 on WhatsApp (title 20, id 256 characters). */
  readonly buttons?: readonly Choice[];
  /** At most 10 on WhatsApp. */
  readonly list?: { readonly button: string; readonly rows: readonly Choice[] };
}

export interface Choice {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

export interface MediaPart {
  readonly type: MediaKind;
  readonly media: MediaSource;
  /** At most 1024 UTF-16 units. */
  readonly caption?: string;
  readonly fileName?: string;
  readonly mimeType?: string;
  readonly isVoiceNote?: boolean;
}

/** Where the bytes of a medium are: the web, the platform, the chat's files (a relative path), or here. */
export type MediaSource =
  | { readonly url: string }
  | { readonly id: string }
  | { readonly file: string }
  | { readonly base64: string };

/** An approved WhatsApp template: the only message outside the 24-hour window. */
export interface TemplatePart {
  readonly type: 'template';
  readonly name: string;
  readonly language: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Where a part goes and what makes it recognisable. */
export interface SendTarget {
  readonly chatId: string;
  /** Telegram's topic, WhatsApp's group: what a reply must carry to arrive in the same place. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** The message that this part quotes: in a group, so that everybody sees who is answered. */
  readonly quotedMessageId?: string;
  /** Ours, echoed by WhatsApp's status webhooks: `<event id>#<part>`. */
  readonly callbackData: string;
  /** No try may start after this time. */
  readonly deadlineMillis: number;
  /** Fields of the platform's own, added to its message; an object is joined to ours of the same name. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Reads a file that a part names; without it such a part is refused for good. */
  readFile?(path: string): Promise<Uint8Array>;
}

/** What a user sent, fetched. */
export interface LoadedMedia {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
}

export interface LoadLimits {
  readonly maxBytes: number;
  readonly deadlineMillis: number;
}

/** All that a platform does for a worker. */
export interface Channel extends Sender {
  /** Reacts to a message, at once; an empty emoji takes the reaction back. Throws a `SendError`. */
  react(messageId: string, emoji: string, target: SendTarget): Promise<void>;
  /** Fetches the bytes of a medium (contract bot §16.6). Throws a `MediaError`. */
  load(media: IncomingMedia, limits: LoadLimits): Promise<LoadedMedia>;
  /** How long one typing sign is worth, and whether the ingress has already shown the first. */
  readonly typing: { readonly everySeconds: number; readonly shownByIngress: boolean };
  /** Shows that an answer is being written; on WhatsApp the message is marked as read with it. */
  showTyping(target: TypingTarget, signal: AbortSignal): Promise<void>;
}

export interface TypingTarget extends Pick<SendTarget, 'chatId' | 'payload'> {
  readonly messageId: string;
}

/** The code of a `SendError` when the user has blocked the bot, or a group has removed it. */
export const BLOCKED_CODE = 'blocked';

/** Gets a part accepted: with the retries that are safe; the provider's message id, or a `SendError` by class. */
export interface Sender {
  /** Whether a status webhook can settle an unclear send later. */
  readonly settlesLater: boolean;
  send(part: OutgoingPart, target: SendTarget): Promise<string>;
}
