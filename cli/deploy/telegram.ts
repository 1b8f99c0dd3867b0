import type { TelegramConfig } from '../../runtime/bot/config-platforms.ts';

/** The Bot API, for what concerns the bot itself and not a chat. */
export interface TelegramApi {
  setWebhook(webhook: TelegramWebhook): Promise<void>;
  deleteWebhook(): Promise<void>;
  webhookInfo(): Promise<WebhookInfo>;
}

export interface TelegramWebhook {
  readonly url: string;
  readonly secretToken: string | undefined;
  /** Kinds of updates, all that are wanted: what is left out is not delivered. */
  readonly kinds: readonly string[];
}

/** The Bot API's own words. */
export interface WebhookInfo {
  readonly url: string;
  readonly pending_update_count: number;
  readonly allowed_updates?: readonly string[];
  /** Seconds since 1970. */
  readonly last_error_date?: number;
  readonly last_error_message?: string;
  readonly max_connections?: number;
}

const TIMEOUT_MILLIS = 20_000;

/**
 * Talks to Telegram in this process: the token stands in an address, so neither a process list nor an error
 * text ever holds one (contract bot H30). Every refusal throws with Telegram's description.
 */
export function telegramApi(fetchPort: typeof fetch, { token, apiUrl }: TelegramConfig): TelegramApi {
  const call = async (method: string, body: object = {}): Promise<unknown> => {
    const answer = await post(fetchPort, `${apiUrl}/bot${token}/${method}`, body);
    if (answer?.ok === true) return answer.result;
    const reason = answer?.description ?? 'its answer is no JSON';
    throw new Error(`Telegram refused ${method}: ${reason.replaceAll(token, '…')}`);
  };
  return {
    setWebhook: async ({ url, secretToken, kinds }) =>
      void (await call('setWebhook', {
        url,
        allowed_updates: kinds,
        ...(secretToken !== undefined && { secret_token: secretToken }),
      })),
    deleteWebhook: async () => void (await call('deleteWebhook')),
    webhookInfo: async () => (await call('getWebhookInfo')) as WebhookInfo,
  };
}

interface BotApiAnswer {
  readonly ok?: boolean;
  readonly result?: unknown;
  readonly description?: string;
}

/** Undefined when the answer is no JSON object. What `fetch` throws may quote the address, so it is not passed on. */
async function post(fetchPort: typeof fetch, url: string, body: object): Promise<BotApiAnswer | undefined> {
  let response: Response;
  try {
    response = await fetchPort(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
  } catch (error) {
    const { cause, name } = error as { readonly cause?: { readonly code?: string }; readonly name?: string };
    throw new Error(`Telegram cannot be reached (${cause?.code ?? name ?? 'no answer'}).`);
  }
  try {
    return (await response.json()) as BotApiAnswer;
  } catch {
    return undefined;
  }
}
