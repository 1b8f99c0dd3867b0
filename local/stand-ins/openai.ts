import type { Answer, Fault } from './fault.ts';
import { createStandIn, jsonObject, type Platform, type StandIn, type Verdict } from './stand-in.ts';

export interface OpenAiStandInOptions {
  /** Other keys are refused; by default any is taken. */
  readonly apiKey?: string;
  /** Other models are unknown; by default any is taken. */
  readonly model?: string;
  /** What the model answers to the last message; by default it repeats it. */
  readonly reply?: (text: string) => string;
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

const ERRORS: Readonly<Record<number, { readonly type: string; readonly code: string | null }>> = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { type: 'invalid_request_error', code: 'unsupported_country_region_territory' },
  404: { type: 'invalid_request_error', code: 'model_not_found' },
  429: { type: 'requests', code: 'rate_limit_exceeded' },
  500: { type: 'server_error', code: null },
};

/** An error answer of the chat completions API. */
export function openAiError(status: number, message = 'The request failed.', code?: string): Answer {
  const known = ERRORS[status] ?? { type: 'server_error', code: null };
  return { status, json: { error: { message, type: known.type, param: null, code: code ?? known.code } } };
}

/** A model server with the chat completions API: `POST /v1/chat/completions`. */
export function createOpenAiStandIn(options: OpenAiStandInOptions = {}): StandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  const platform: Platform = {
    judge: (request) => judge(request, options, nowMillis),
    refusal,
  };
  return createStandIn(platform, nowMillis);
}

function refusal(fault: Extract<Fault, { kind: 'refuse' | 'throttle' | 'broken' }>): Answer {
  if (fault.kind === 'throttle') {
    return { ...openAiError(429), headers: { 'retry-after': String(fault.retryAfterSeconds) } };
  }
  if (fault.kind === 'broken') {
    return fault.platformObject
      ? openAiError(fault.status ?? 500)
      : { status: fault.status ?? 500, json: {} };
  }
  if (fault.body) return { status: fault.status ?? 400, json: fault.body };
  return openAiError(fault.status ?? 400);
}

const invalid = (answer: Answer): Verdict => ({ status: 'invalid', answer });

async function judge(
  request: Request,
  options: OpenAiStandInOptions,
  nowMillis: () => number,
): Promise<Verdict> {
  if (new URL(request.url).pathname !== '/v1/chat/completions' || request.method !== 'POST')
    return invalid(openAiError(404, 'Invalid URL', 'unknown_url'));
  const key = request.headers.get('authorization')?.match(/^Bearer (\S+)$/)?.[1];
  if (!key || (options.apiKey && key !== options.apiKey))
    return invalid(openAiError(401, `Incorrect API key provided: ${key}.`));
  const body = await jsonObject(request);
  if (!body || typeof body.model !== 'string' || !isConversation(body.messages))
    return invalid(openAiError(400, 'You must provide a model and messages.'));
  if (options.model && body.model !== options.model)
    return invalid(openAiError(404, `The model \`${body.model}\` does not exist.`));
  const { model, messages } = body;
  const text = messages.at(-1)?.content ?? '';
  const answer = (options.reply ?? ((asked: string) => `The model heard: ${asked}`))(text);
  return {
    status: 'valid',
    method: 'chat',
    chatId: '',
    text,
    // The trace context is part of what a test wants to see.
    body: { ...body, traceparent: request.headers.get('traceparent') },
    isMessage: false,
    accept: (sequence) => {
      const id = `chatcmpl-${String(sequence).padStart(6, '0')}`;
      const created = Math.floor(nowMillis() / 1000);
      return {
        answer: { status: 200, json: completion(id, created, model, messages, answer) },
        messageId: id,
      };
    },
  };
}

const isConversation = (value: unknown): value is readonly ChatMessage[] =>
  Array.isArray(value) && value.length > 0 && value.every((message) => typeof message?.content === 'string');

/** About four characters a token. */
const tokens = (text: string) => Math.ceil(text.length / 4);

function completion(
  id: string,
  created: number,
  model: string,
  messages: readonly ChatMessage[],
  content: string,
) {
  const promptTokens = messages.reduce((sum, message) => sum + tokens(message.content), 0);
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: tokens(content),
      total_tokens: promptTokens + tokens(content),
    },
  };
}
