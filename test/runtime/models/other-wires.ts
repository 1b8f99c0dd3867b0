import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { asList, asRecord } from '../../../runtime/core/json.ts';
import { anthropic } from '../../../runtime/models/anthropic.ts';
import { bedrock } from '../../../runtime/models/bedrock.ts';
import { fetchHandler } from '../../support/fetch-handler.ts';
import { FINISH, imagesOf, messagesOf, type Wire, wordFor } from './provider.ts';

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

export const messages: Wire = {
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

export const converse: Wire = {
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
