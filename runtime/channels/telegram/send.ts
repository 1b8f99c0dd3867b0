import { SendError } from '../../core/errors.ts';
import type { OutgoingPart, Sender, SendTarget } from '../channel.ts';
import { type ChannelNet, postForm, postJson, sendWithRetry } from '../http.ts';
import { messageId } from './answer.ts';
import { formOf, type MethodCall, methodOf } from './methods.ts';

export interface TelegramAccount {
  readonly token: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
}

/** Sends by the Bot API: text, media and buttons (contract bot §17). */
export function telegramSender(net: ChannelNet, account: TelegramAccount): Sender {
  const post = async (call: MethodCall, target: SendTarget) => {
    const url = `${account.apiUrl}/bot${account.token}/${call.method}`;
    return messageId(
      call.file
        ? await postForm(net, url, formOf(call), target)
        : await postJson(net, url, call.params, target),
    );
  };
  const attempt = (call: MethodCall, target: SendTarget) =>
    sendWithRetry(net, target, () => post(call, target));
  return {
    settlesLater: false,
    send: async (part, target) => {
      const call = await methodOf(part, target);
      try {
        return await attempt(call, target);
      } catch (error) {
        if (!isMarkupRefused(part, error)) throw error;
        const { parse_mode: _, ...plain } = call.params;
        return attempt({ ...call, params: plain }, target);
      }
    },
  };
}

/** A formatted text was refused: perhaps for its markup, and then it is worth a try without. */
const isMarkupRefused = (part: OutgoingPart, error: unknown): boolean =>
  part.type === 'text' && part.parseMode !== undefined && error instanceof SendError && error.code === 400;
