import { asList } from '../../../runtime/core/json.ts';
import { openAiCompatible } from '../../../runtime/models/openai-compatible.ts';
import { openAiResponses } from '../../../runtime/models/openai-responses.ts';
import { FINISH, imagesOf, messagesOf, type Wire, wordFor } from './provider.ts';

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

export const responses: Wire = {
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

export const chat: Wire = {
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
