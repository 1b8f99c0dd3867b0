import { asList, asRecord, isRecord, type JsonRecord } from '../core/json.ts';
import { type Model, type ModelAnswer, ModelError, type ModelUsage, type ToolCall } from './model.ts';
import { wireRequest } from './openai-compatible-request.ts';

export const OPENAI_URL = 'https://api.openai.com/v1';

export interface OpenAiCompatibleOptions {
  readonly model: string;
  /** Empty for a server that asks for none. */
  readonly apiKey: string;
  /** Where `/chat/completions` is found, for example `http://127.0.0.1:11434/v1`. Default: OpenAI itself. */
  readonly baseUrl?: string | undefined;
  /** The server holds answers to a JSON Schema; without it `output` is not sent. Default true for OpenAI only. */
  readonly strictOutput?: boolean | undefined;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** A model behind the chat completions API, which OpenAI and most other servers speak. */
export function openAiCompatible(options: OpenAiCompatibleOptions): Model {
  const { model, apiKey, baseUrl = OPENAI_URL, strictOutput = baseUrl === OPENAI_URL } = options;
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const send = options.fetch ?? fetch;
  // Some providers refuse to go on when their message does not come back with all that they put into it.
  const own = new WeakMap<readonly ToolCall[], JsonRecord>();
  return {
    async answer(request) {
      const wire = wireRequest(model, request, own, {
        strictOutput,
        // OpenAI's newer models take only the one name, and servers such as Ollama heed only the other.
        limitName: baseUrl === OPENAI_URL ? 'max_completion_tokens' : 'max_tokens',
      });
      const timeout = AbortSignal.timeout(request.timeoutMillis);
      const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
      const { traceparent } = request;
      const headers = {
        'content-type': 'application/json',
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        ...(traceparent && { traceparent }),
      };
      const response = await reached(
        send(url, { method: 'POST', headers, body: JSON.stringify(wire), signal }),
      );
      const body = parsed(await reached(response.text()));
      if (!response.ok) throw refusal(response, body);
      return readAnswer(asRecord(body), own);
    },
  };
}

/** Cut off, timed out or not reached: nothing is kept at the provider, so all of them may be repeated. */
async function reached<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new ModelError(`The model did not answer (${networkCode(error)})`, 'transient');
  }
}

/** The system's code of a failed connection (`ECONNREFUSED`), which lies below the errors of `fetch`. */
function networkCode(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return 'no answer in time';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const FINISH_REASONS: Readonly<Record<string, ModelAnswer['finishReason']>> = {
  stop: 'stop',
  tool_calls: 'tools',
  length: 'length',
  content_filter: 'filtered',
};

function readAnswer(body: JsonRecord, own: WeakMap<readonly ToolCall[], JsonRecord>): ModelAnswer {
  const choice = asList(body.choices)[0];
  // A page of a proxy in between, or an address that is not the API's.
  if (!isRecord(choice))
    throw new ModelError('The answer is not a chat completion; check the base URL', 'transient');
  const message = asRecord(choice.message);
  const toolCalls = asList(message.tool_calls).flatMap(readToolCall);
  own.set(toolCalls, message);
  return {
    text: textOf(message.content) || textOf(message.refusal),
    toolCalls,
    finishReason: FINISH_REASONS[String(choice.finish_reason)] ?? 'other',
    usage: readUsage(asRecord(body.usage)),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function readToolCall(value: unknown): ToolCall[] {
  const { id, function: called } = asRecord(value);
  const { name, arguments: input } = asRecord(called);
  return typeof name === 'string' ? [{ id: String(id ?? ''), name, input: textOf(input) }] : [];
}

function readUsage({ prompt_tokens, completion_tokens }: JsonRecord): ModelUsage | undefined {
  if (typeof prompt_tokens !== 'number' || typeof completion_tokens !== 'number') return undefined;
  return { inputTokens: prompt_tokens, outputTokens: completion_tokens };
}

/** The provider's own words may quote the conversation or the key: only its codes are kept. */
function refusal({ status, headers }: Response, body: unknown): ModelError {
  // Google answers with a list of one.
  const { code, type, param } = asRecord(asRecord(asList(body)[0] ?? body).error);
  const words = [code, type, param].filter(
    (word) => typeof word === 'string' && /^[\w.[\]-]{1,64}$/.test(word),
  );
  const known = typeof code === 'string' ? code : undefined;
  const details = [`HTTP ${status}`, ...words].join(', ');
  return new ModelError(`The model refused (${details})`, classOf(status, known ?? textOf(type)), {
    code: known ?? status,
    ...retryAfter(headers.get('retry-after')),
  });
}

/** Contract replies §11.4. */
function classOf(status: number, code: string): 'transient' | 'hold' | 'permanent' {
  if (code === 'insufficient_quota' || [401, 402, 403, 404].includes(status)) return 'hold';
  if ([408, 409, 429].includes(status) || status >= 500) return 'transient';
  return 'permanent';
}

function retryAfter(header: string | null): { readonly retryAfterSeconds?: number } {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: seconds } : {};
}
