import type { Choice } from '../channels/channel.ts';
import { HooklineError } from '../core/errors.ts';
import type { Block } from './agent.ts';
import type { DecideInput } from './decide/decider.ts';
import { targetOf } from './part-sender.ts';
import { partsOf } from './reply.ts';

/** Of every direct action. */
export interface SendOptions {
  /** Id of the message that is quoted. */
  readonly replyToMessageId?: string;
  /** Fields of the platform's own, added to its message; an object is joined to ours of the same name. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface SendTextOptions extends SendOptions {
  /** Telegram's `HTML` or `MarkdownV2`. */
  readonly parseMode?: string;
  readonly buttons?: readonly Choice[];
  readonly list?: { readonly button: string; readonly rows: readonly Choice[] };
}

export interface SendMediaOptions extends SendOptions {
  readonly caption?: string;
  readonly fileName?: string;
  readonly mimeType?: string;
  readonly isVoiceNote?: boolean;
}

/**
 * A medium: a `file:` reference or path, a web address, a platform id, or an object with one of `path`, `url`,
 * `link`, `media_id`, `id`, `file_id`, `b64` (the first present wins).
 */
export type SendableMedia = string | Readonly<Record<string, unknown>>;

type SendMedia = (media: SendableMedia, options?: SendMediaOptions) => Promise<string>;

/**
 * Sends to the turn's chat, at once and outside the ledger (contract bot §2): a turn that is tried again
 * repeats it, so what must arrive once belongs in the reply. Resolves to the id of the (last) message; throws
 * an error by class.
 */
export interface DirectActions {
  sendText(text: string, options?: SendTextOptions): Promise<string>;
  readonly sendImage: SendMedia;
  readonly sendAudio: SendMedia;
  readonly sendVideo: SendMedia;
  readonly sendDocument: SendMedia;
  readonly sendSticker: SendMedia;
  react(messageId: string, emoji: string, options?: SendOptions): Promise<void>;
  removeReaction(messageId: string, options?: SendOptions): Promise<void>;
}

type ActionInput = Pick<DecideInput, 'job' | 'deadlineMillis' | 'files' | 'sender'>;

/** The direct actions of one turn: `close` ends them, `settled` waits for those begun. */
export function directActions(input: ActionInput) {
  const { job, sender } = input;
  const begun = new Set<Promise<unknown>>();
  let isOpen = true;
  const act = <T>(action: () => Promise<T>): Promise<T> => {
    // What an agent left behind must not reach the chat during another turn.
    const done = isOpen
      ? action()
      : Promise.reject(new HooklineError('ctx.send was used after its turn had ended', 'permanent'));
    begun.add(done);
    // Whoever does not wait for it shall not end the process by its failure.
    done.catch(() => {});
    return done;
  };
  const target = ({ replyToMessageId, extra }: SendOptions = {}) => ({
    ...targetOf(input),
    ...(replyToMessageId !== undefined && { quotedMessageId: replyToMessageId }),
    ...(extra && { extra }),
  });
  const send = (block: Block, options?: SendOptions) =>
    act(async () => {
      let id = '';
      for (const part of partsOf([block], job.provider)) id = await sender.send(part, target(options));
      return id;
    });
  const media =
    (type: string): SendMedia =>
    (medium, options) =>
      send({ type, content: mediaContent(medium, options) }, options);
  const react: DirectActions['react'] = (messageId, emoji, options) =>
    act(() => sender.react(messageId, emoji, target(options)));
  const actions: DirectActions = {
    sendText: (text, options = {}) => send({ type: 'text', content: textContent(text, options) }, options),
    sendImage: media('image'),
    sendAudio: media('audio'),
    sendVideo: media('video'),
    sendDocument: media('document'),
    sendSticker: media('sticker'),
    react,
    removeReaction: (messageId, options) => react(messageId, '', options),
  };
  const close = () => {
    isOpen = false;
  };
  const settled = () => Promise.allSettled(begun);
  return { actions, close, settled };
}

const textContent = (text: string, { parseMode, buttons, list }: SendTextOptions) => ({
  response: text,
  ...(parseMode !== undefined && { parse_mode: parseMode }),
  ...(buttons && { buttons }),
  ...(list && { list }),
});

function mediaContent(medium: SendableMedia, options: SendMediaOptions = {}) {
  const { caption, fileName, mimeType, isVoiceNote } = options;
  return {
    ...(typeof medium === 'string' ? { media: medium } : medium),
    ...(caption !== undefined && { caption }),
    ...(fileName !== undefined && { filename: fileName }),
    ...(mimeType !== undefined && { mime_type: mimeType }),
    ...(isVoiceNote !== undefined && { is_voice_note: isVoiceNote }),
  };
}
