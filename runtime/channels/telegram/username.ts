import { SendError } from '../../core/errors.ts';
import { asRecord, asText } from '../../core/json.ts';
import { type ChannelNet, postJson } from '../http.ts';
import type { TelegramAccount } from './send.ts';

/** Longest wait for the name: a webhook waits for it. */
const TIMEOUT_SECONDS = 3;

/**
 * Tells the bot's name, without the @: the one that is set, else Telegram is asked, once in a container.
 * Throws a `SendError` (`transient`, or `hold` when the token is refused); the next call asks again.
 */
export function usernameSource(given: Omit<ChannelNet, 'timeoutSeconds'>) {
  const net = { ...given, timeoutSeconds: TIMEOUT_SECONDS };
  let known: { readonly token: string; readonly name: Promise<string> } | undefined;
  return (account: TelegramAccount & { readonly username: string | undefined }): Promise<string> => {
    if (account.username !== undefined) return Promise.resolve(account.username);
    if (known?.token === account.token) return known.name;
    const name = ask(net, account);
    known = { token: account.token, name };
    name.catch(() => {
      known = undefined;
    });
    return name;
  };
}

async function ask(net: ChannelNet, { apiUrl, token }: TelegramAccount): Promise<string> {
  const deadlineMillis = net.clock.nowMillis() + TIMEOUT_SECONDS * 1000;
  const answer = await postJson(net, `${apiUrl}/bot${token}/getMe`, {}, { deadlineMillis }).catch(unknown);
  const username = asText(asRecord(answer.body?.result).username);
  if (username === undefined) {
    const { status } = answer;
    throw new SendError(text(`code ${status}`), status === 401 || status === 404 ? 'hold' : 'transient');
  }
  return username;
}

/** A question without an answer changed nothing: it may be asked again. */
function unknown(error: unknown): never {
  throw new SendError(text(error instanceof SendError ? String(error.code) : 'no answer'), 'transient');
}

const text = (why: string) =>
  `Telegram did not say the bot's name (${why}); TELEGRAM_BOT_USERNAME can say it`;
