import type { Block } from '../agent.ts';
import type { HandlerOptions } from '../options.ts';

/** An approved WhatsApp template: the only message outside the 24-hour window. */
export interface TemplateMessage {
  /** The template's name. */
  readonly template: string;
  /** As Meta writes it: `en_US`. */
  readonly language: string;
  /** By name; Meta's numbered ones are `1`, `2` and so on. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A text, blocks (one platform message each), or a template. */
export type SenderContent = string | readonly Block[] | TemplateMessage;

export interface SendOnceOptions {
  /** Names the message, 1 to 200 characters: the same key again is the same message, never a second one. */
  readonly key: string;
}

export interface SendResult {
  /**
   * `sent`: every part is accepted. `duplicate`: the key was finished before; nothing was sent now. `unclear`: a
   * part may or may not have arrived. The same key settles it after a minute: a status webhook may have told by
   * then, else `SEND_AMBIGUITY_POLICY` decides.
   */
  readonly status: 'sent' | 'duplicate' | 'unclear';
  /** Platform messages that are known to be accepted; 0 for a duplicate. */
  readonly parts: number;
}

/** Sends messages that no webhook asked for (contract bot §2). */
export interface MessageSender {
  /**
   * Sends once for each key. Throws `NotSentError` when nothing may be sent, a `SendError` when the platform
   * refuses, and transient errors that the same key may be tried again after.
   */
  send(chatId: string, content: SenderContent, options: SendOnceOptions): Promise<SendResult>;
}

export interface SenderOptions extends Pick<HandlerOptions, 'clients' | 'environment' | 'writeLog'> {
  /** Wins over `BOT_TYPE`. */
  readonly botType?: string;
}

/**
 * A sender with the bot's own environment, bucket and table. Making it contacts no AWS service.
 *
 * @example
 * await createSender().send('15550100', 'Your order is ready.', { key: 'order-17-ready' });
 */
export function createSender(options: SenderOptions = {}): MessageSender {
  let opened: Promise<MessageSender> | undefined;
  return {
    async send(chatId, content, sendOptions) {
      // AWS clients are loaded with the first message, not with the package.
      opened ??= import('./sender-handler.ts').then(({ openSender }) => openSender(options));
      return (await opened).send(chatId, content, sendOptions);
    },
  };
}
