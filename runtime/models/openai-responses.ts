import OpenAI from 'openai';
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
} from 'openai/resources/responses/responses';
import { limitOf, refused, unanswered } from './failure.ts';
import {
  counted,
  dataUrl,
  type Model,
  type ModelAnswer,
  ModelError,
  type ModelMessage,
  type ModelRequest,
} from './model.ts';
import { OPENAI_URL } from './openai-compatible.ts';
import type { VendorOptions } from './vendor-options.ts';
import { withoutTools } from './without-tools.ts';

/**
 * A model behind OpenAI's Responses API. Each request holds all that the model is to know, and nothing of it is
 * kept there (contract replies §11.1). It offers no tools.
 */
export function openAiResponses(options: VendorOptions): Model {
  const { model, apiKey, baseUrl = OPENAI_URL, structuredOutput = true, fetch } = options;
  // What the package would read from its own environment variables is given here, or switched off.
  const own = { adminAPIKey: null, organization: null, project: null, webhookSecret: null } as const;
  const client = new OpenAI({
    ...own,
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    ...(fetch && { fetch }),
  });
  return {
    capabilities: { structuredOutput, images: true },
    async answer(request) {
      const limit = limitOf(request);
      const { traceparent, timeoutMillis } = request;
      const call = {
        signal: limit.signal,
        // The signal comes first; without this the package's own ten minutes might.
        timeout: timeoutMillis + 1000,
        ...(traceparent && { headers: { traceparent } }),
      };
      const body = wireRequest(model, request, structuredOutput);
      const response = await client.responses.create(body, call).catch((error: unknown) => {
        if (!(error instanceof OpenAI.APIError) || error.status === undefined) throw unanswered(error, limit);
        const { status, headers, code, type, param, message } = error;
        throw refused({ status, headers, code, type, param, message });
      });
      return readAnswer(response);
    },
  };
}

function wireRequest(
  model: string,
  request: ModelRequest,
  structuredOutput: boolean,
): ResponseCreateParamsNonStreaming {
  const { instructions, output, maxOutputTokens, temperature, topP, turnId, userRef } = request;
  return {
    model,
    store: false,
    input: withoutTools(request).map(inputItem),
    ...(instructions && { instructions }),
    ...(output &&
      structuredOutput && {
        text: {
          format: { type: 'json_schema', strict: true, name: output.name, schema: { ...output.schema } },
        },
      }),
    ...(maxOutputTokens !== undefined && { max_output_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(turnId && { metadata: { turn_id: turnId } }),
    ...(userRef && { safety_identifier: userRef, prompt_cache_key: userRef }),
  };
}

function inputItem(message: ModelMessage): ResponseInputItem {
  if (message.role !== 'user' || !message.images?.length)
    return { role: message.role === 'assistant' ? 'assistant' : 'user', content: message.text };
  return {
    role: 'user',
    content: [
      { type: 'input_text', text: message.text },
      ...message.images.map((image) => ({
        type: 'input_image' as const,
        detail: 'auto' as const,
        image_url: dataUrl(image),
      })),
    ],
  };
}

function readAnswer(response: Response): ModelAnswer {
  const { id, status, error } = response;
  // A page of a proxy in between, or an address that is not the API's.
  if (!Array.isArray(response.output))
    throw new ModelError(
      'The answer is not a response of the Responses API; check the base URL',
      'transient',
    );
  if (status !== 'completed' && status !== 'incomplete') throw notCompleted(status, error?.code);
  const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const { usage } = response;
  return {
    text: parts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
    toolCalls: [],
    finishReason: finishReason(
      response,
      parts.some(({ type }) => type === 'refusal'),
    ),
    usage: usage && {
      inputTokens: usage.input_tokens,
      outputTokens: usage.output_tokens,
      ...counted({
        totalTokens: usage.total_tokens,
        cachedTokens: usage.input_tokens_details?.cached_tokens,
        reasoningTokens: usage.output_tokens_details?.reasoning_tokens,
      }),
    },
    providerId: id,
  };
}

const INCOMPLETE: Readonly<Record<string, ModelAnswer['finishReason']>> = {
  max_output_tokens: 'length',
  content_filter: 'filtered',
};

function finishReason(
  { status, output, incomplete_details: details }: Response,
  isRefused: boolean,
): ModelAnswer['finishReason'] {
  if (isRefused) return 'refusal';
  if (status === 'incomplete') return INCOMPLETE[details?.reason ?? ''] ?? 'other';
  return output.some(({ type }) => type.endsWith('_call')) ? 'tools' : 'stop';
}

/** The call went well, and the answer says that there is none. */
function notCompleted(status: string | undefined, code: string | undefined): ModelError {
  const known = code ?? status ?? 'no status';
  const passes = code === undefined || code === 'server_error' || code === 'rate_limit_exceeded';
  return new ModelError(`The model failed (${known})`, passes ? 'transient' : 'permanent', { code: known });
}
