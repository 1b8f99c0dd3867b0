import type { Answer, FaultRule } from './fault.ts';
import {
  type Asked,
  createModelStandIn,
  type ModelReply,
  type ModelStandIn,
  type ModelStandInOptions,
  refusalsBy,
  textsOf,
} from './model-server.ts';
import { responsesFault } from './openai-responses-request.ts';
import { jsonObject } from './stand-in.ts';

interface ErrorWords {
  readonly message: string;
  readonly type: string;
  readonly param?: string | null;
  readonly code: string | null;
}

export const responsesError = (status: number, { param = null, ...words }: ErrorWords): Answer => ({
  status,
  json: { error: { ...words, param } },
});

const BY_STATUS: Readonly<Record<number, ErrorWords>> = {
  400: { message: 'The request is not valid.', type: 'invalid_request_error', code: 'invalid_value' },
  401: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' },
  403: {
    message: 'Country, region, or territory not supported',
    type: 'request_forbidden',
    code: 'unsupported_country_region_territory',
  },
  404: { message: 'Invalid URL', type: 'invalid_request_error', code: null },
  429: { message: 'Rate limit reached.', type: 'requests', code: 'rate_limit_exceeded' },
};

const byStatus = (status: number): Answer =>
  responsesError(
    status,
    BY_STATUS[status] ?? {
      message: 'The server had an error while processing your request.',
      type: 'server_error',
      code: status >= 500 ? 'server_error' : null,
    },
  );

const TOO_LONG = responsesError(400, {
  message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
  type: 'invalid_request_error',
  param: 'input',
  code: 'context_length_exceeded',
});

const unknownModel = (model: string): Answer =>
  responsesError(400, {
    message: `The requested model '${model}' does not exist.`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  });

const refuse = ({ status, json }: Answer): FaultRule => ({
  kind: 'refuse',
  status,
  body: json as Readonly<Record<string, unknown>>,
});

/** Refusals that have more to them than a status, for `fail`. */
export const RESPONSES_FAULTS = {
  insufficientQuota: refuse(
    responsesError(429, {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  ),
  contextTooLong: refuse(TOO_LONG),
  unknownModel: refuse(unknownModel('unknown')),
  invalidPrompt: refuse(
    responsesError(400, {
      message: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
      type: 'invalid_request_error',
      code: 'invalid_prompt',
    }),
  ),
} as const;

/**
 * OpenAI's Responses API without streams, tools or stored prompts: method `response`; the conversations endpoint is
 * there to be seen when somebody calls it (method `conversation`), and so is nothing else.
 */
export function createResponsesStandIn(options: ModelStandInOptions = {}): ModelStandIn {
  const nowMillis = options.nowMillis ?? Date.now;
  return createModelStandIn(
    {
      read: (request) => read(request, options),
      tooLong: TOO_LONG,
      refusal: refusalsBy(byStatus),
      answer: (reply, asked, sequence) => {
        const created = Math.floor(nowMillis() / 1000);
        const word = `${sequence}`.padStart(12, '0');
        if (asked.method === 'conversation') {
          const id = `conv_${word}`;
          const json = { id, object: 'conversation', created_at: created, metadata: {} };
          return { answer: { status: 200, json }, id };
        }
        const id = `resp_${word}`;
        return {
          answer: { status: 200, json: { id, ...responseOf(reply, asked, { created, word }) } },
          id,
        };
      },
    },
    options,
  );
}

async function read(request: Request, { apiKey, model: only }: ModelStandInOptions) {
  const { pathname } = new URL(request.url);
  const method = /\/(response|conversation)s$/.exec(pathname)?.[1];
  const key = request.headers.get('authorization')?.match(/^Bearer (\S+)$/)?.[1];
  if (!key || (apiKey && key !== apiKey)) return { refused: byStatus(401) };
  if (request.method !== 'POST' || !method) return { refused: byStatus(404) };
  const body = (await jsonObject(request)) ?? {};
  if (method === 'conversation') return { asked: { method, model: '', texts: [], body } };
  const fault = responsesFault(body);
  if (fault) return { refused: responsesError(400, { type: 'invalid_request_error', ...fault }) };
  const model = String(body.model);
  if (only && model !== only) return { refused: unknownModel(model) };
  return { asked: { method, model, texts: inputTexts(body), body } };
}

function inputTexts({ instructions, input }: Readonly<Record<string, unknown>>): string[] {
  const items = Array.isArray(input) ? (input as { readonly content?: unknown }[]) : [{ content: input }];
  return [...textsOf(instructions), ...items.flatMap(({ content }) => textsOf(content))];
}

const INCOMPLETE = { length: 'max_output_tokens', filtered: 'content_filter', context: 'max_output_tokens' };

function responseOf(
  reply: Required<ModelReply>,
  { model, body }: Asked,
  { created, word }: { readonly created: number; readonly word: string },
) {
  const { finish } = reply;
  const reason = finish in INCOMPLETE ? INCOMPLETE[finish as keyof typeof INCOMPLETE] : undefined;
  const isFailed = finish === 'failed';
  const status = isFailed ? 'failed' : reason ? 'incomplete' : 'completed';
  return {
    object: 'response',
    created_at: created,
    status,
    background: false,
    error: isFailed ? { code: 'server_error', message: 'The model failed to generate a response.' } : null,
    incomplete_details: reason ? { reason } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model,
    output: isFailed ? [] : [outputItem(reply, status, word)],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    ...(!isFailed && reply.usage && { usage: usageOf(reply.usage) }),
  };
}

function outputItem({ text, finish }: Required<ModelReply>, status: string, word: string) {
  if (finish === 'tools') {
    const call = { call_id: `call_${word}`, name: 'lookup', arguments: '{}' };
    return { id: `fc_${word}`, type: 'function_call', status, ...call };
  }
  const part =
    finish === 'refusal'
      ? { type: 'refusal', refusal: text }
      : { type: 'output_text', text, annotations: [], logprobs: [] };
  return { id: `msg_${word}`, type: 'message', status, role: 'assistant', content: [part] };
}

const usageOf = ({ input, output, cached = 0 }: NonNullable<ModelReply['usage']>) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input + output,
});
