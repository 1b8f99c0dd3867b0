import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import { APIError } from '@anthropic-ai/sdk/core/error';
import {
  type Base64ImageSource,
  type ContentBlockParam,
  type Message,
  type MessageCreateParamsNonStreaming,
  Messages,
} from '@anthropic-ai/sdk/resources/messages/messages';
import { alternating, type Said } from './alternating.ts';
import { contextTooLong, limitOf, refused, unanswered } from './failure.ts';
import { counted, type Model, type ModelAnswer, ModelError, type ModelRequest } from './model.ts';
import type { VendorOptions } from './vendor-options.ts';

const ANTHROPIC_URL = 'https://api.anthropic.com';

/** The API asks for a limit; this one holds more than the longest reply. */
const DEFAULT_MAX_OUTPUT_TOKENS = 4096;

/** A model behind Anthropic's Messages API (contract replies §11.5). It offers no tools. */
export function anthropic(options: VendorOptions): Model {
  const { model, apiKey, baseUrl = ANTHROPIC_URL, structuredOutput = true, fetch } = options;
  // The base client alone: with every resource of the API the package is three times as large.
  const client = new BaseAnthropic({
    apiKey,
    authToken: null,
    webhookKey: null,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    ...(fetch && { fetch }),
  });
  const messages = new Messages(client);
  return {
    capabilities: { structuredOutput, images: true },
    async answer(request) {
      const limit = limitOf(request);
      const { traceparent, timeoutMillis } = request;
      const call = {
        signal: limit.signal,
        timeout: timeoutMillis + 1000,
        ...(traceparent && { headers: { traceparent } }),
      };
      const body = wireRequest(model, request, structuredOutput);
      const message = await messages.create(body, call).catch((error: unknown) => {
        if (!(error instanceof APIError) || error.status === undefined) throw unanswered(error, limit);
        const { status, headers, errorCode, type, apiMessage } = error;
        throw refused({ status, headers, code: errorCode, type, message: apiMessage });
      });
      return readAnswer(message);
    },
  };
}

function wireRequest(
  model: string,
  request: ModelRequest,
  structuredOutput: boolean,
): MessageCreateParamsNonStreaming {
  const { instructions, output, maxOutputTokens = DEFAULT_MAX_OUTPUT_TOKENS, userRef } = request;
  return {
    model,
    max_tokens: maxOutputTokens,
    messages: alternating(request).map((said) => ({ role: said.role, content: contentOf(said) })),
    ...(instructions && { system: instructions }),
    ...(output &&
      structuredOutput && {
        output_config: { format: { type: 'json_schema', schema: { ...output.schema } } },
      }),
    ...(userRef && { metadata: { user_id: userRef } }),
  };
}

function contentOf({ text, images }: Said): string | ContentBlockParam[] {
  if (images.length === 0) return text;
  const pictures = images.map(({ contentType, base64 }) => ({
    type: 'image' as const,
    source: {
      type: 'base64' as const,
      media_type: contentType as Base64ImageSource['media_type'],
      data: base64,
    },
  }));
  return text.trim() === '' ? pictures : [...pictures, { type: 'text', text }];
}

const FINISH_REASONS: Readonly<Record<string, ModelAnswer['finishReason']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
  refusal: 'refusal',
};

function readAnswer({ id, content, stop_reason: reason, usage }: Message): ModelAnswer {
  // A page of a proxy in between, or an address that is not the API's.
  if (!Array.isArray(content))
    throw new ModelError('The answer is not one of the Messages API; check the base URL', 'transient');
  if (reason === 'model_context_window_exceeded')
    throw contextTooLong('The model ran out of room for its answer');
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    toolCalls: [],
    finishReason: FINISH_REASONS[reason ?? ''] ?? 'other',
    usage: readUsage(usage),
    providerId: id,
  };
}

/** The provider counts what its cache held beside the rest, and gives no sum. */
function readUsage(usage: Message['usage'] | undefined): ModelAnswer['usage'] {
  if (typeof usage?.input_tokens !== 'number') return undefined;
  const cachedTokens = usage.cache_read_input_tokens ?? 0;
  const inputTokens = usage.input_tokens + cachedTokens + (usage.cache_creation_input_tokens ?? 0);
  const outputTokens = usage.output_tokens;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cachedTokens,
    ...counted({ reasoningTokens: usage.output_tokens_details?.thinking_tokens }),
  };
}
