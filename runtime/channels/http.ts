import type { Clock } from '../core/clock.ts';
import { SendError } from '../core/errors.ts';
import { retry } from '../core/retry.ts';

/** What a channel needs to reach its provider. */
export interface ChannelNet {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Longest wait for one answer. */
  readonly timeoutSeconds: number;
}

/** A provider's answer. `body` is undefined when it was not a JSON object. */
export interface ProviderAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterSeconds: number | undefined;
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** No answer is waited for beyond this time. */
  readonly deadlineMillis: number;
}

// The request never left: name not resolved, nobody listening, no TLS. (undici and OpenSSL codes)
const NEVER_LEFT =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** POSTs JSON once. Throws a `SendError`: transient when the request never left, else unclear. */
export async function postJson(net: ChannelNet, url: string, body: unknown, options: PostOptions) {
  const remainingMillis = Math.max(1, options.deadlineMillis - net.clock.nowMillis());
  const signal = AbortSignal.timeout(Math.min(net.timeoutSeconds * 1000, remainingMillis));
  try {
    const response = await net.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options.headers },
      body: JSON.stringify(body),
      signal,
    });
    return await readAnswer(response);
  } catch (error) {
    throw networkError(error);
  }
}

async function readAnswer(response: Response): Promise<ProviderAnswer> {
  const text = await response.text();
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    status: response.status,
    body: jsonObject(text),
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter : undefined,
  };
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The message names the code only: a URL may hold a token. */
function networkError(error: unknown): SendError {
  const { cause, name } = error as { cause?: { code?: string }; name?: string };
  const code = cause?.code ?? name ?? 'unknown';
  if (NEVER_LEFT.test(code))
    return new SendError(`The provider was not reached (${code})`, 'transient', { code });
  return new SendError(`The provider's answer was lost (${code})`, 'unclear', { code });
}

/**
 * Tries of one part within a call: 4, with pauses of 0.5 to 8 s, only while the answer says "not done"
 * (contract bot §12.4).
 */
export const sendWithRetry = (
  net: ChannelNet,
  { deadlineMillis }: { readonly deadlineMillis: number },
  attempt: () => Promise<string>,
): Promise<string> => {
  const inTime = () => {
    // A send in the last moments could not be marked any more.
    if (net.clock.nowMillis() >= deadlineMillis)
      throw new SendError('No time is left for a send', 'transient');
    return attempt();
  };
  const limits = { deadlineMillis, maxAttempts: 4, minDelayMillis: 500, maxDelayMillis: 8000 };
  return retry(inTime, { ...limits, clock: net.clock });
};
