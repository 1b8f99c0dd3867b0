import { asList, asRecord, asText, isRecord, type JsonRecord } from '../core/json.ts';
import { type Limit, limitOf, refused, unanswered } from './failure.ts';
import {
  counted,
  type Model,
  type ModelAnswer,
  ModelError,
  type ModelUsage,
  type ToolCall,
} from './model.ts';
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
    capabilities: { structuredOutput: strictOutput, images: true },
    async answer(request) {
      const wire = wireRequest(model, request, own, {
        strictOutput,
        // OpenAI's newer models take only the one name, and servers such as Ollama heed only the other.
        limitName: baseUrl === OPENAI_URL ? 'max_completion_tokens' : 'max_tokens',
      });
      const limit = limitOf(request);
      const { traceparent } = request;
      const headers = {
        'content-type': 'application/json',
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        ...(traceparent && { traceparent }),
      };
      const { signal } = limit;
      const call = send(url, { method: 'POST', headers, body: JSON.stringify(wire), signal });
      const response = await reached(call, limit);
      const body = parsed(await reached(response.text(), limit));
      if (!response.ok) throw refusal(response, body);
      return readAnswer(asRecord(body), own);
    },
  };
}

async function reached<T>(call: Promise<T>, limit: Limit): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw unanswered(error, limit);
  }
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
  const excuse = textOf(message.refusal);
  const id = asText(body.id);
  return {
    text: textOf(message.content) || excuse,
    toolCalls,
    finishReason: excuse ? 'refusal' : (FINISH_REASONS[String(choice.finish_reason)] ?? 'other'),
    usage: readUsage(asRecord(body.usage)),
    ...(id !== undefined && { providerId: id }),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function readToolCall(value: unknown): ToolCall[] {
  const { id, function: called } = asRecord(value);
  const { name, arguments: input } = asRecord(called);
  return typeof name === 'string' ? [{ id: String(id ?? ''), name, input: textOf(input) }] : [];
}

function readUsage(usage: JsonRecord): ModelUsage | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage;
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined;
  return {
    inputTokens,
    outputTokens,
    ...counted({
      totalTokens: usage.total_tokens,
      cachedTokens: asRecord(usage.prompt_tokens_details).cached_tokens,
      reasoningTokens: asRecord(usage.completion_tokens_details).reasoning_tokens,
    }),
  };
}

function refusal({ status, headers }: Response, body: unknown): ModelError {
  // Google answers with a list of one.
  const { code, type, param, message } = asRecord(asRecord(asList(body)[0] ?? body).error);
  return refused({ status, headers, code, type, param, message });
}
