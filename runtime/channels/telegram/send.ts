import { type ErrorClass, SendError } from '../../core/errors.ts';
import type { Sender } from '../channel.ts';
import { type ChannelNet, type ProviderAnswer, postJson, sendWithRetry } from '../http.ts';
import { quoteOf, topicOf } from './place.ts';

export interface TelegramAccount {
  readonly token: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
}

/** Sends by the Bot API's `sendMessage`. */
export function telegramSender(net: ChannelNet, account: TelegramAccount): Sender {
  const url = `${account.apiUrl}/bot${account.token}/sendMessage`;
  return {
    settlesLater: false,
    send: (part, target) =>
      sendWithRetry(net, target, async () => {
        if (part.type !== 'text')
          throw new SendError(
            `The reply has a part of type "${part.type}", which cannot be sent yet`,
            'permanent',
          );
        const place = { ...topicOf(target.payload), ...quoteOf(target.quotedMessageId) };
        const body = { chat_id: target.chatId, text: part.text, ...place };
        return messageId(await postJson(net, url, body, target));
      }),
  };
}

interface BotApiAnswer {
  readonly ok?: boolean;
  readonly result?: { readonly message_id?: number };
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number };
}

/** The accepted message's id, or what the refusal means. */
function messageId({ status, body, retryAfterSeconds }: ProviderAnswer): string {
  const answer = body as BotApiAnswer | undefined;
  const id = answer?.result?.message_id;
  if (answer?.ok === true && id !== undefined) return String(id);
  const code = answer?.error_code ?? status;
  const pause = answer?.parameters?.retry_after ?? retryAfterSeconds;
  const details = { code, ...(pause !== undefined && { retryAfterSeconds: pause }) };
  throw new SendError(`Telegram did not accept the message: code ${code}`, classify(code, answer), details);
}

function classify(code: number, answer: BotApiAnswer | undefined): ErrorClass {
  const ownAnswer = answer?.ok === false;
  if (code === 401) return 'hold';
  if (code === 404) return 'hold'; // the Bot API's word for a token it does not know
  if (code === 429) return 'transient';
  if (code >= 500) return ownAnswer ? 'transient' : 'unclear';
  if (code >= 400) return ownAnswer ? 'permanent' : 'hold'; // not the Bot API's own words: a proxy
  return 'unclear'; // it said yes, but not what it accepted
}
