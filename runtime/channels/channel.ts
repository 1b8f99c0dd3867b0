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
}

/** An event that gets no job, and the rule that says so (contract bot §6.8). */
export interface SkippedEvent {
  readonly eventId: string;
  readonly rule: 'foreign_number' | 'unsupported';
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
  readonly messageId: string;
  /** The provider's time, ISO 8601. */
  readonly timestamp: string;
  /** `text`, `image`, …: contract bot §8 and §9. */
  readonly kind: string;
  readonly text: string;
  /** The message id this one answers. */
  readonly replyTo?: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** One platform message of a reply, as it is stored in the ledger and sent. */
export interface OutgoingPart {
  readonly type: 'text';
  readonly text: string;
}

/** Where a part goes and what makes it recognisable. */
export interface SendTarget {
  readonly chatId: string;
  /** Telegram's topic, WhatsApp's group: what a reply must carry to arrive in the same place. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Ours, echoed by WhatsApp's status webhooks: `<event id>#<part>`. */
  readonly callbackData: string;
  /** No try may start after this time. */
  readonly deadlineMillis: number;
}

/** Gets a part accepted: with the retries that are safe; the provider's message id, or a `SendError` by class. */
export interface Sender {
  /** Whether a status webhook can settle an unclear send later. */
  readonly settlesLater: boolean;
  send(part: OutgoingPart, target: SendTarget): Promise<string>;
}
