import { ConfigError, type ErrorClass, HooklineError } from '../../core/errors.ts';
import type { Agent, AgentContext } from '../agent.ts';
import { callLimits, MAX_ANSWER_BYTES, readRemoteAnswer, remoteRequest } from './remote.ts';

type Headers = Readonly<Record<string, string>>;

export interface HttpAgentOptions {
  /** Where the requests are posted. */
  readonly url: string;
  /** A function reads a secret when it is needed: `(context) => ({ authorization: context.getKey('KEY') ?? '' })`. */
  readonly headers?: Headers | ((context: AgentContext) => Headers);
  /** Longest wait, in seconds. Default: what the turn has left. */
  readonly timeoutSeconds?: number;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * An agent behind an HTTP address. A `RemoteRequest` is posted to it and it answers with a `RemoteAnswer`. Throws
 * by class: no answer, 408, 429 and 5xx are transient, 401, 403 and 404 hold, the rest permanent.
 *
 * @example
 * export const agent = httpAgent({ url: 'https://answers.example.com/turn' });
 */
export function httpAgent(options: HttpAgentOptions): Agent {
  const { url, headers = {}, timeoutSeconds } = options;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new ConfigError(['The url of httpAgent is no http(s) address']);
  return async (turn, context) => {
    const { millis, signal } = callLimits(context, timeoutSeconds);
    const request: RequestInit = {
      method: 'POST',
      headers: {
        ...(typeof headers === 'function' ? headers(context) : headers),
        'content-type': 'application/json',
        traceparent: context.traceparent,
      },
      body: remoteRequest(turn, context, millis),
      // Another address would be told what the headers hold.
      redirect: 'manual',
      signal,
    };
    const response = await reached((options.fetch ?? fetch)(url, request), signal);
    if (!response.ok) {
      await response.body?.cancel();
      throw new HooklineError(`The agent refused (HTTP ${response.status})`, classOf(response.status));
    }
    return readRemoteAnswer(await reached(bodyOf(response), signal), context);
  };
}

async function reached<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof HooklineError) throw error;
    const cause = (error as Error).cause as { readonly code?: string } | undefined;
    const what = signal.aborted ? 'no answer in time' : (cause?.code ?? 'no connection');
    throw new HooklineError(`The agent was not reached (${what})`, 'transient');
  }
}

function classOf(status: number): ErrorClass {
  if ([408, 429].includes(status) || status >= 500) return 'transient';
  // A wrong key or a wrong address.
  return [401, 403, 404].includes(status) ? 'hold' : 'permanent';
}

/** Stops reading where an answer becomes too large. */
async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new HooklineError("The agent's answer is larger than 1 MB", 'permanent');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
