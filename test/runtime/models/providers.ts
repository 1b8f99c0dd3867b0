import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { connectionError } from '../../../local/stand-ins/fault.ts';
import { asList, asRecord, type JsonRecord } from '../../../runtime/core/json.ts';
import { anthropic } from '../../../runtime/models/anthropic.ts';
import { bedrock } from '../../../runtime/models/bedrock.ts';
import { contextTooLong, MODEL_TIMEOUT } from '../../../runtime/models/failure.ts';
import {
  type Model,
  type ModelAnswer,
  ModelError,
  type ModelRequest,
} from '../../../runtime/models/model.ts';
import { openAiCompatible } from '../../../runtime/models/openai-compatible.ts';
import { openAiResponses } from '../../../runtime/models/openai-responses.ts';
import { scripted } from '../../../runtime/models/scripted.ts';
import { fetchHandler } from '../../support/fetch-handler.ts';

/** What a provider does with a call, in words that all of them know. */
export type Outcome =
  | { readonly text: string; readonly finish?: ModelAnswer['finishReason']; readonly withoutUsage?: true }
  | {
      readonly failure:
        | 'rate limit'
        | 'no credit'
        | 'bad key'
        | 'forbidden'
        | 'unknown model'
        | 'bad request'
        | 'too long'
        | 'broken'
        | 'overloaded'
        | 'reset'
        | 'hang'
        | 'page';
    };

type Failure = Extract<Outcome, { failure: string }>['failure'];

/** A request as the provider read it. */
export interface Heard {
  readonly instructions: string | undefined;
  readonly messages: readonly (readonly [string, string])[];
  readonly images: number;
  readonly maxOutputTokens: number | undefined;
  readonly hasSchema: boolean;
}

export interface Provider {
  readonly model: Model;
  /** The next calls; those after them are answered `{"content":"Hello"}`. */
  play(...outcomes: readonly Outcome[]): void;
  readonly heard: readonly Heard[];
  /** What came over the wire, as it came. */
  readonly bodies: readonly JsonRecord[];
}

/** How one provider's wire format says it all. Tokens: 10 in, of which 4 were cached, and 5 out. */
interface Wire {
  open(fetch: typeof globalThis.fetch): Model;
  said(outcome: Extract<Outcome, { text: string }>): JsonRecord;
  refusal(failure: Failure): readonly [status: number, body: unknown, headers?: Record<string, string>];
  read(body: JsonRecord): Heard;
}

const HELLO: Outcome = { text: '{"content":"Hello"}' };

function provider({ open, said, refusal, read }: Wire): Provider {
  let outcomes: Outcome[] = [];
  const bodies: JsonRecord[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    bodies.push(asRecord(JSON.parse(await request.text())));
    const outcome = outcomes.shift() ?? HELLO;
    if ('text' in outcome)
      return Response.json(said(outcome), { headers: { 'x-amzn-requestid': 'answer-1' } });
    if (outcome.failure === 'reset') throw connectionError('ECONNRESET');
    if (outcome.failure === 'page')
      return new Response('<html></html>', { headers: { 'content-type': 'text/html' } });
    if (outcome.failure === 'hang')
      return new Promise((_resolve, reject) => {
        const signal = init?.signal ?? request.signal;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    const [status, body, headers = {}] = refusal(outcome.failure);
    return Response.json(body, { status, headers });
  };
  return {
    model: open(fetch),
    play: (...next) => {
      outcomes = [...outcomes, ...next];
    },
    get heard() {
      return bodies.map(read);
    },
    bodies,
  };
}

const STATUS: Readonly<Record<string, number>> = {
  'rate limit': 429,
  'no credit': 429,
  'bad key': 401,
  forbidden: 403,
  'unknown model': 404,
  'bad request': 400,
  'too long': 400,
  broken: 500,
  overloaded: 503,
};

const OPENAI_CODES: Readonly<Record<string, string | null>> = {
  'rate limit': 'rate_limit_exceeded',
  'no credit': 'insufficient_quota',
  'bad key': 'invalid_api_key',
  'unknown model': 'model_not_found',
  'too long': 'context_length_exceeded',
};

const openAiRefusal: Wire['refusal'] = (failure) => [
  STATUS[failure] ?? 500,
  { error: { message: 'secret words', type: 'error', param: null, code: OPENAI_CODES[failure] ?? null } },
  failure === 'rate limit' ? { 'retry-after': '2' } : {},
];

const FINISH = {
  chat: { stop: 'stop', length: 'length', filtered: 'content_filter', tools: 'tool_calls', other: 'new' },
  anthropic: {
    stop: 'end_turn',
    length: 'max_tokens',
    filtered: 'refusal',
    tools: 'tool_use',
    other: 'pause_turn',
  },
  bedrock: {
    stop: 'end_turn',
    length: 'max_tokens',
    filtered: 'content_filtered',
    tools: 'tool_use',
    other: 'malformed_model_output',
  },
} as const;

const wordFor = (words: Readonly<Record<string, string>>, finish: string) => words[finish] ?? 'refusal';

const textParts = (content: unknown): readonly JsonRecord[] =>
  typeof content === 'string' ? [{ text: content }] : asList(content).map(asRecord);
const textOf = (content: unknown) =>
  textParts(content)
    .map(({ text }) => text ?? '')
    .join('');
const imagesOf = (messages: readonly unknown[]) =>
  messages.flatMap((message) => textParts(asRecord(message).content)).filter(({ text }) => text === undefined)
    .length;
const messagesOf = (messages: readonly unknown[]) =>
  messages.map((message) => {
    const { role, content } = asRecord(message);
    return [String(role), textOf(content)] as const;
  });

const responses: Wire = {
  open: (fetch) => openAiResponses({ model: 'm', apiKey: 'key', baseUrl: 'https://model.test/v1', fetch }),
  said: ({ text, finish = 'stop', withoutUsage }) => ({
    id: 'answer-1',
    object: 'response',
    status: finish === 'length' || finish === 'filtered' || finish === 'other' ? 'incomplete' : 'completed',
    incomplete_details:
      {
        length: { reason: 'max_output_tokens' },
        filtered: { reason: 'content_filter' },
        other: { reason: 'new' },
      }[finish as string] ?? null,
    output: [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      finish === 'tools'
        ? { type: 'function_call', call_id: 'c', name: 'x', arguments: '{}' }
        : {
            type: 'message',
            role: 'assistant',
            content: [
              finish === 'refusal' ? { type: 'refusal', refusal: text } : { type: 'output_text', text },
            ],
          },
    ],
    ...(!withoutUsage && {
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 15,
      },
    }),
  }),
  refusal: openAiRefusal,
  read: ({ instructions, input, max_output_tokens: limit, text }) => ({
    instructions: instructions as string | undefined,
    messages: messagesOf(asList(input)),
    images: imagesOf(asList(input)),
    maxOutputTokens: limit as number | undefined,
    hasSchema: text !== undefined,
  }),
};

const chat: Wire = {
  open: (fetch) =>
    openAiCompatible({
      model: 'm',
      apiKey: 'key',
      baseUrl: 'https://model.test/v1',
      strictOutput: true,
      fetch,
    }),
  said: ({ text, finish = 'stop', withoutUsage }) => ({
    id: 'answer-1',
    choices: [
      {
        message: {
          role: 'assistant',
          content: finish === 'refusal' ? null : text,
          refusal: finish === 'refusal' ? text : null,
        },
        finish_reason: wordFor({ ...FINISH.chat, refusal: 'stop' }, finish),
      },
    ],
    ...(!withoutUsage && {
      usage: {
        prompt_tokens: 10,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens: 5,
        completion_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 15,
      },
    }),
  }),
  refusal: openAiRefusal,
  read: ({ messages, max_tokens: limit, response_format: format }) => {
    const all = messagesOf(asList(messages));
    return {
      instructions: all.find(([role]) => role === 'system')?.[1],
      messages: all.filter(([role]) => role !== 'system'),
      images: imagesOf(asList(messages)),
      maxOutputTokens: limit as number | undefined,
      hasSchema: format !== undefined,
    };
  },
};

const ANTHROPIC_TYPES: Readonly<Record<string, readonly [number, string, string]>> = {
  'rate limit': [429, 'rate_limit_error', 'secret words'],
  'no credit': [400, 'invalid_request_error', 'Your credit balance is too low to access the API.'],
  'bad key': [401, 'authentication_error', 'secret words'],
  forbidden: [403, 'permission_error', 'secret words'],
  'unknown model': [404, 'not_found_error', 'secret words'],
  'bad request': [400, 'invalid_request_error', 'secret words'],
  'too long': [400, 'invalid_request_error', 'prompt is too long: 215000 tokens > 200000 maximum'],
  broken: [500, 'api_error', 'secret words'],
  overloaded: [529, 'overloaded_error', 'secret words'],
};

const messages: Wire = {
  open: (fetch) => anthropic({ model: 'm', apiKey: 'key', baseUrl: 'https://model.test', fetch }),
  said: ({ text, finish = 'stop', withoutUsage }) => ({
    id: 'answer-1',
    type: 'message',
    role: 'assistant',
    content:
      finish === 'tools' ? [{ type: 'tool_use', id: 't', name: 'x', input: {} }] : [{ type: 'text', text }],
    stop_reason: wordFor(FINISH.anthropic, finish),
    // What the cache gave and took is counted beside the rest.
    ...(!withoutUsage && {
      usage: {
        input_tokens: 5,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: 1,
        output_tokens: 5,
        output_tokens_details: { thinking_tokens: 1 },
      },
    }),
  }),
  refusal: (failure) => {
    const [status, type, message] = ANTHROPIC_TYPES[failure] ?? [500, 'api_error', ''];
    const headers: Record<string, string> = failure === 'rate limit' ? { 'retry-after': '2' } : {};
    return [status, { type: 'error', error: { type, message } }, headers];
  },
  read: ({ system, messages: said, max_tokens: limit, output_config: config }) => ({
    instructions: system as string | undefined,
    messages: messagesOf(asList(said)),
    images: imagesOf(asList(said)),
    maxOutputTokens: limit as number | undefined,
    hasSchema: config !== undefined,
  }),
};

const BEDROCK_NAMES: Readonly<Record<string, readonly [number, string, string]>> = {
  'rate limit': [429, 'ThrottlingException', 'secret words'],
  'no credit': [400, 'ServiceQuotaExceededException', 'secret words'],
  'bad key': [403, 'UnrecognizedClientException', 'secret words'],
  forbidden: [403, 'AccessDeniedException', 'secret words'],
  'unknown model': [400, 'ValidationException', 'The provided model identifier is invalid.'],
  'bad request': [400, 'ValidationException', 'secret words'],
  'too long': [400, 'ValidationException', 'Input is too long for requested model.'],
  broken: [408, 'ModelTimeoutException', 'secret words'],
  overloaded: [503, 'ServiceUnavailableException', 'secret words'],
};

const converse: Wire = {
  open: (fetch) =>
    bedrock({
      model: 'm',
      structuredOutput: true,
      client: new BedrockRuntimeClient({
        region: 'eu-north-1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
        requestHandler: fetchHandler(fetch) as never,
      }),
    }),
  said: ({ text, finish = 'stop', withoutUsage }) => ({
    output: {
      message: {
        role: 'assistant',
        content: [finish === 'tools' ? { toolUse: { toolUseId: 't', name: 'x', input: {} } } : { text }],
      },
    },
    stopReason: wordFor({ ...FINISH.bedrock, refusal: 'guardrail_intervened' }, finish),
    ...(!withoutUsage && {
      usage: { inputTokens: 10, cacheReadInputTokens: 4, outputTokens: 5, totalTokens: 15 },
    }),
  }),
  refusal: (failure) => {
    const [status, name, message] = BEDROCK_NAMES[failure] ?? [500, 'InternalServerException', ''];
    return [status, { message }, { 'x-amzn-errortype': name }];
  },
  read: ({ system, messages: said, inferenceConfig, outputConfig }) => ({
    instructions: asRecord(asList(system)[0]).text as string | undefined,
    messages: messagesOf(asList(said)),
    images: imagesOf(asList(said)),
    maxOutputTokens: asRecord(inferenceConfig).maxTokens as number | undefined,
    hasSchema: outputConfig !== undefined,
  }),
};

const CLASSES: Readonly<Record<string, 'transient' | 'hold' | 'permanent'>> = {
  'rate limit': 'transient',
  'no credit': 'hold',
  'bad key': 'hold',
  forbidden: 'hold',
  'unknown model': 'hold',
  'bad request': 'permanent',
};

/** The scripted model has no wire: its script throws what an adapter would. */
function scriptedProvider(): Provider {
  let outcomes: Outcome[] = [];
  const requests: ModelRequest[] = [];
  const model = scripted(async (request) => {
    requests.push(request);
    const outcome = outcomes.shift() ?? HELLO;
    if ('text' in outcome) {
      const { text, finish = 'stop', withoutUsage } = outcome;
      const usage = { inputTokens: 10, cachedTokens: 4, outputTokens: 5, totalTokens: 15 };
      return {
        text: finish === 'tools' ? '' : text,
        finishReason: finish,
        usage: withoutUsage ? undefined : usage,
        providerId: 'answer-1',
      };
    }
    const { failure } = outcome;
    if (failure === 'too long') return contextTooLong('It is too long');
    const code = failure === 'hang' ? MODEL_TIMEOUT : failure;
    return new ModelError(`It is scripted: ${failure}`, CLASSES[failure] ?? 'transient', {
      code,
      ...(failure === 'rate limit' && { retryAfterSeconds: 2 }),
      ...(failure === 'bad key' && { status: 401 }),
    });
  });
  return {
    model,
    play: (...next) => {
      outcomes = [...outcomes, ...next];
    },
    get heard() {
      return requests.map(({ instructions, messages: said, maxOutputTokens, output }) => ({
        instructions,
        messages: said.map(({ role, text }) => [role, text] as const),
        images: said.flatMap((message) => (message.role === 'user' ? (message.images ?? []) : [])).length,
        maxOutputTokens,
        hasSchema: output !== undefined,
      }));
    },
    bodies: [],
  };
}

/** Every adapter, with a provider behind it. */
export const PROVIDERS: Readonly<Record<string, () => Provider>> = {
  'OpenAI Responses': () => provider(responses),
  'chat completions': () => provider(chat),
  Anthropic: () => provider(messages),
  Bedrock: () => provider(converse),
  scripted: scriptedProvider,
};
