import type { APIError } from 'openai';
import { ConfigError } from '../core/errors.ts';
import { type Model, type ModelAnswer, ModelError, type ModelRequest } from './model.ts';

export const OPENAI_URL = 'https://api.openai.com/v1';

export interface OpenAiCompatibleOptions {
  readonly model: string;
  readonly apiKey: string;
  /** Where `/chat/completions` is found, for example `http://127.0.0.1:11434/v1`. Default: OpenAI itself. */
  readonly baseUrl?: string | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * A model behind the chat completions API, which OpenAI and most other servers speak. The vendor's package is
 * loaded here and not before: most functions do without it.
 */
export async function openAiCompatible(options: OpenAiCompatibleOptions): Promise<Model> {
  const { model, apiKey, baseUrl, fetch } = options;
  const { OpenAI } = await loadVendor();
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl ?? OPENAI_URL,
    // Retries are the caller's: it knows how much time is left.
    maxRetries: 0,
    // At the level "debug", which the environment can ask for, it would log what users write.
    logLevel: 'off',
    ...(fetch && { fetch }),
  });
  // OpenAI's newer models take only the one name, and servers such as Ollama heed only the other.
  const limitName = baseUrl === undefined ? 'max_completion_tokens' : 'max_tokens';
  return {
    async answer(request) {
      const { maxOutputTokens, temperature, timeoutMillis, signal, traceparent } = request;
      const body = {
        model,
        messages: wireMessages(request),
        ...(maxOutputTokens !== undefined && { [limitName]: maxOutputTokens }),
        ...(temperature !== undefined && { temperature }),
      };
      const options = {
        timeout: timeoutMillis,
        ...(signal && { signal }),
        ...(traceparent && { headers: { traceparent } }),
      };
      try {
        return readAnswer(await client.chat.completions.create(body, options));
      } catch (error) {
        throw error instanceof OpenAI.APIError ? modelError(error) : error;
      }
    },
  };
}

/** An optional peer: without the `catch` no bundle could be built where it is not installed. */
async function loadVendor(): Promise<typeof import('openai')> {
  try {
    return await import('openai');
  } catch {
    throw new ConfigError(['The package openai is missing: npm install openai, then build and deploy again']);
  }
}

const wireMessages = ({ instructions, messages }: ModelRequest) => [
  ...(instructions ? [{ role: 'system' as const, content: instructions }] : []),
  ...messages.map(({ role, text }) => ({ role, content: text })),
];

const FINISH_REASONS: Readonly<Record<string, ModelAnswer['finishReason']>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'filtered',
};

/** The part of a chat completion that is read; servers leave out what they do not have. */
interface Completion {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string | null; readonly refusal?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
}

function readAnswer(completion: Completion): ModelAnswer {
  const choice = completion.choices?.[0];
  // A page of a proxy in between, or an address that is not the API's.
  if (!choice) throw new ModelError('The answer is not a chat completion; check the base URL', 'transient');
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = completion.usage ?? {};
  return {
    text: choice.message?.content || choice.message?.refusal || '',
    finishReason: FINISH_REASONS[choice.finish_reason ?? ''] ?? 'other',
    usage:
      inputTokens === undefined || outputTokens === undefined ? undefined : { inputTokens, outputTokens },
  };
}

/** The provider's own words may quote the conversation or the key: only its codes are kept. */
function modelError({ status, code, type, param, headers, cause }: APIError): ModelError {
  // Cut off, timed out or not reached: nothing is kept at the provider, so all of them may be repeated.
  if (status === undefined)
    return new ModelError(`The model did not answer (${networkCode(cause)})`, 'transient');
  const words = [code, type, param].filter((word) => word && /^[\w.[\]-]{1,64}$/.test(word));
  const details = [`HTTP ${status}`, ...words].join(', ');
  return new ModelError(`The model refused (${details})`, classOf(status, code ?? type), {
    code: code ?? status,
    ...retryAfter(headers?.get('retry-after')),
  });
}

/** The system's code of a failed connection (`ECONNREFUSED`), which lies below the errors of `fetch`. */
function networkCode(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return 'no answer in time';
}

/** Contract replies §11.4. */
function classOf(status: number, code: string | undefined): 'transient' | 'hold' | 'permanent' {
  if (code === 'insufficient_quota' || [401, 402, 403, 404].includes(status)) return 'hold';
  if ([408, 409, 429].includes(status) || status >= 500) return 'transient';
  return 'permanent';
}

function retryAfter(header: string | null | undefined): { readonly retryAfterSeconds?: number } {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: seconds } : {};
}
