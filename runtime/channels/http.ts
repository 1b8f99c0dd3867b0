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

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** No answer is waited for beyond this time. */
  readonly deadlineMillis: number;
  /** Ends the wait earlier. */
  readonly signal?: AbortSignal;
}

// The request never left: name not resolved, nobody listening, no TLS. (undici and OpenSSL codes)
const NEVER_LEFT =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** POSTs JSON once. Throws a `SendError`: transient when the request never left, else unclear. */
export const postJson = (net: ChannelNet, url: string, body: unknown, options: CallOptions) =>
  call(net, url, options, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: JSON.stringify(body),
  });

/** POSTs a form with a file once; errors as `postJson`. */
export const postForm = (net: ChannelNet, url: string, body: FormData, options: CallOptions) =>
  call(net, url, options, { method: 'POST', headers: { ...options.headers }, body });

/** POSTs form fields once; errors as `postJson`. */
export const postFields = (net: ChannelNet, url: string, body: URLSearchParams, options: CallOptions) =>
  call(net, url, options, { method: 'POST', headers: { ...options.headers }, body });

/** GETs JSON once. Asking does nothing, so a lost answer is `transient` here. */
export const getAnswer = (net: ChannelNet, url: string, options: CallOptions) =>
  repeatable(() => call(net, url, options, { headers: { ...options.headers } }));

async function call(net: ChannelNet, url: string, options: CallOptions, init: RequestInit) {
  try {
    return await readAnswer(await net.fetch(url, { ...init, signal: callSignal(net, options) }));
  } catch (error) {
    throw networkError(error);
  }
}

/** Aborts when the answer has taken too long. */
export function callSignal(net: ChannelNet, { deadlineMillis, signal }: CallOptions): AbortSignal {
  const remainingMillis = Math.max(1, deadlineMillis - net.clock.nowMillis());
  const late = AbortSignal.timeout(Math.ceil(Math.min(net.timeoutSeconds * 1000, remainingMillis)));
  return signal ? AbortSignal.any([late, signal]) : late;
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

/** The system's code of a failed call; never its message, since a URL may hold a token. */
export function networkCode(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: string }; name?: string };
  return cause?.code ?? name ?? 'unknown';
}

function networkError(error: unknown): SendError {
  const code = networkCode(error);
  if (NEVER_LEFT.test(code))
    return new SendError(`The provider was not reached (${code})`, 'transient', { code });
  return new SendError(`The provider's answer was lost (${code})`, 'unclear', { code });
}

/**
 * Tries of one part within a call: 4, with pauses of 0.5 to 8 s, only while the answer says "not done"
 * (contract bot §12.4).
 */
export const sendWithRetry = <T>(
  net: ChannelNet,
  { deadlineMillis }: { readonly deadlineMillis: number },
  attempt: () => Promise<T>,
): Promise<T> => {
  const inTime = () => {
    // A send in the last moments could not be marked any more.
    if (net.clock.nowMillis() >= deadlineMillis)
      throw new SendError('No time is left for a send', 'transient');
    return attempt();
  };
  const limits = { deadlineMillis, maxAttempts: 4, minDelayMillis: 500, maxDelayMillis: 8000 };
  return retry(inTime, { ...limits, clock: net.clock });
};

/** As `sendWithRetry`, for what nobody sees yet: there a lost answer is no reason not to do it again. */
export const uploadWithRetry = <T>(
  net: ChannelNet,
  limits: { readonly deadlineMillis: number },
  attempt: () => Promise<T>,
): Promise<T> => sendWithRetry(net, limits, () => repeatable(attempt));

/** What may be done twice: a lost answer is no reason not to try again. */
async function repeatable<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SendError) || error.errorClass !== 'unclear') throw error;
    const { code, message } = error;
    throw new SendError(message, 'transient', code === undefined ? {} : { code });
  }
}
