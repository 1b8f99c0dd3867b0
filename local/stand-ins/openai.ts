import type { Answer, Fault } from './fault.ts';
import { formFields } from './media-shelf.ts';
import { createStandIn, jsonObject, type Platform, type StandIn, type Verdict } from './stand-in.ts';

export interface OpenAiStandInOptions {
  /** Other keys are refused; by default any is taken. */
  readonly apiKey?: string;
  /** Other models are unknown; by default any is taken. */
  readonly model?: string;
  /**
   * What the model answers to the last message, or the tools it wants first; by default it repeats the message.
   * A text becomes JSON, with the text in each field, when the request asks for a JSON Schema.
   */
  readonly reply?: (text: string, request: ChatRequest) => string | readonly StandInToolCall[];
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

/** A tool that the model wants to be run, with its input as JSON text or as an object. */
export interface StandInToolCall {
  readonly name: string;
  readonly input: string | object;
}

export interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly { readonly id: string }[];
  readonly tool_call_id?: string;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly response_format?: { readonly json_schema?: { readonly schema?: Schema } };
}

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
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

/**
 * A model server with the chat completions API: `POST …/chat/completions`, and
 * transcription. A fault for one model names it where
 * other stand-ins name a chat: `fail({ kind: 'html', chatId: 'small' })`.
 */
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

/** `POST …/audio/transcriptions`: a form with a sound, whose size stands for what is said in it. */
async function judgeTranscription(request: Request): Promise<Verdict> {
  const form = await formFields(request).catch(() => undefined);
  const file = form?.files.file;
  if (!file || typeof form?.fields.model !== 'string')
    return invalid(openAiError(400, 'You must provide a model and a file.'));
  const text = `A sound of ${file.bytes.length} bytes`;
  return {
    status: 'valid',
    method: 'transcription',
    chatId: '',
    text,
    body: form.fields,
    isMessage: false,
    accept: () => ({ answer: { status: 200, json: { text } }, messageId: undefined }),
  };
}

const invalid = (answer: Answer): Verdict => ({ status: 'invalid', answer });

async function judge(
  request: Request,
  options: OpenAiStandInOptions,
  nowMillis: () => number,
): Promise<Verdict> {
  const { pathname } = new URL(request.url);
  const isTranscription = pathname.endsWith('/audio/transcriptions');
  if (request.method !== 'POST' || !(isTranscription || pathname.endsWith('/chat/completions')))
    return invalid(openAiError(404, 'Invalid URL', 'unknown_url'));
  const key = request.headers.get('authorization')?.match(/^Bearer (\S+)$/)?.[1];
  if (!key || (options.apiKey && key !== options.apiKey))
    return invalid(openAiError(401, `Incorrect API key provided: ${key}.`));
  if (isTranscription) return judgeTranscription(request);
  const body = await jsonObject(request);
  const fault = requestFault(body);
  if (!body || fault) return invalid(openAiError(400, fault));
  const chat = body as unknown as ChatRequest;
  if (options.model && chat.model !== options.model)
    return invalid(openAiError(404, `The model \`${chat.model}\` does not exist.`));
  const text = chat.messages.at(-1)?.content ?? '';
  const reply = options.reply ?? ((asked: string) => `The model heard: ${asked}`);
  return {
    status: 'valid',
    method: 'chat',
    chatId: chat.model,
    text,
    // The trace context is part of what a test wants to see.
    body: { ...body, traceparent: request.headers.get('traceparent') },
    isMessage: false,
    accept: (sequence) => {
      const id = `chatcmpl-${String(sequence).padStart(6, '0')}`;
      const created = Math.floor(nowMillis() / 1000);
      const message = answerMessage(reply(text, chat), chat, sequence);
      return {
        answer: { status: 200, json: completion(id, created, chat, message) },
        messageId: id,
      };
    },
  };
}

/** What the API refuses about a request; undefined when it is well-formed. */
function requestFault(body: Record<string, unknown> | undefined): string | undefined {
  if (!body || typeof body.model !== 'string' || !isConversation(body.messages))
    return 'You must provide a model and messages.';
  const { messages, response_format: format } = body as unknown as ChatRequest;
  const called = new Set(messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id)));
  const answered = new Set(messages.flatMap(({ tool_call_id: id }) => (id === undefined ? [] : [id])));
  if (called.size !== answered.size || [...answered].some((id) => !called.has(id)))
    return 'Each tool call must be answered by one message with its id.';
  const schema = format?.json_schema?.schema;
  const fields = Object.keys(schema?.properties ?? {});
  if (schema && (schema.additionalProperties !== false || fields.join() !== schema.required?.join()))
    return 'A strict schema requires all of its fields and allows no others.';
  return undefined;
}

const isConversation = (value: unknown): value is readonly ChatMessage[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(
    ({ content, tool_calls: calls }: ChatMessage) =>
      typeof content === 'string' || (content === null && Array.isArray(calls)),
  );

function answerMessage(
  reply: string | readonly StandInToolCall[],
  { response_format: format }: ChatRequest,
  sequence: number,
) {
  if (typeof reply !== 'string')
    return { role: 'assistant', content: null, refusal: null, tool_calls: reply.map(toolCall(sequence)) };
  const fields = format?.json_schema?.schema?.required;
  const isJson = reply.trimStart().startsWith('{');
  const content =
    fields && !isJson ? JSON.stringify(Object.fromEntries(fields.map((name) => [name, reply]))) : reply;
  return { role: 'assistant', content, refusal: null };
}

const toolCall =
  (sequence: number) =>
  ({ name, input }: StandInToolCall, index: number) => ({
    id: `call_${sequence}_${index}`,
    type: 'function',
    function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
    // Providers add fields of their own, which they want back.
    extra_content: { signature: `signature-${sequence}-${index}` },
  });

/** About four characters a token. */
const tokens = (text: string) => Math.ceil(text.length / 4);

function completion(
  id: string,
  created: number,
  { model, messages }: ChatRequest,
  message: ReturnType<typeof answerMessage>,
) {
  const promptTokens = messages.reduce((sum, { content }) => sum + tokens(content ?? ''), 0);
  const answerTokens = tokens(message.content ?? JSON.stringify(message.tool_calls));
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, finish_reason: message.tool_calls ? 'tool_calls' : 'stop' }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: answerTokens,
      total_tokens: promptTokens + answerTokens,
    },
  };
}
