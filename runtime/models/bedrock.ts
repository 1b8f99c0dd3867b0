import {
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
  type ImageFormat,
} from '@aws-sdk/client-bedrock-runtime';
import { type AwsClient, awsErrorName, awsStatus, classifyAwsError } from '../core/aws-errors.ts';
import { alternating, type Said } from './alternating.ts';
import { contextTooLong, limitOf, saysTooLong, unanswered } from './failure.ts';
import { counted, type Model, type ModelAnswer, ModelError, type ModelRequest } from './model.ts';

export interface BedrockOptions {
  /** Id or ARN of a model or an inference profile; the function's role needs `bedrock:InvokeModel` for it. */
  readonly model: string;
  /** A `BedrockRuntimeClient` whose own retries are off. */
  readonly client: AwsClient;
  /** Whether the model holds to a JSON Schema; most refuse it. Default false. */
  readonly structuredOutput?: boolean | undefined;
}

/** A model behind Bedrock's Converse API (contract replies §11.5). It offers no tools and needs no key. */
export function bedrock({ model, client, structuredOutput = false }: BedrockOptions): Model {
  return {
    capabilities: { structuredOutput, images: true },
    async answer(request) {
      const limit = limitOf(request);
      const command = new ConverseCommand(wireRequest(model, request, structuredOutput));
      try {
        return readAnswer(await client.send(command, { abortSignal: limit.signal }));
      } catch (error) {
        if (error instanceof ModelError) throw error;
        throw awsStatus(error) === undefined ? unanswered(error, limit) : refusal(error);
      }
    },
  };
}

function wireRequest(
  modelId: string,
  request: ModelRequest,
  structuredOutput: boolean,
): ConverseCommandInput {
  const { instructions, output, maxOutputTokens, temperature, topP, turnId } = request;
  const jsonSchema = output && { name: output.name, schema: JSON.stringify(output.schema) };
  return {
    modelId,
    messages: alternating(request).map((said) => ({ role: said.role, content: contentOf(said) })),
    ...(instructions && { system: [{ text: instructions }] }),
    inferenceConfig: { maxTokens: maxOutputTokens, temperature, topP },
    ...(jsonSchema &&
      structuredOutput && {
        outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } },
      }),
    ...(turnId && { requestMetadata: { turn_id: turnId } }),
  };
}

function contentOf({ text, images }: Said): ContentBlock[] {
  const pictures = images.map(({ contentType, base64 }) => ({
    image: {
      format: contentType.replace(/^image\//, '') as ImageFormat,
      source: { bytes: Buffer.from(base64, 'base64') },
    },
  }));
  return text.trim() === '' ? pictures : [...pictures, { text }];
}

const FINISH_REASONS: Readonly<Record<string, ModelAnswer['finishReason']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
  content_filtered: 'filtered',
  guardrail_intervened: 'filtered',
};

function readAnswer({ output, stopReason, usage, $metadata }: ConverseCommandOutput): ModelAnswer {
  const content = output?.message?.content;
  if (!content)
    throw new ModelError('The answer is not one of the Converse API; check the base URL', 'transient');
  if (stopReason === 'model_context_window_exceeded')
    throw contextTooLong('The model ran out of room for its answer');
  const { inputTokens, outputTokens } = usage ?? {};
  return {
    text: content.map(({ text }) => text ?? '').join(''),
    toolCalls: [],
    finishReason: FINISH_REASONS[stopReason ?? ''] ?? 'other',
    usage:
      inputTokens === undefined || outputTokens === undefined
        ? undefined
        : {
            inputTokens,
            outputTokens,
            ...counted({ totalTokens: usage?.totalTokens, cachedTokens: usage?.cacheReadInputTokens }),
          },
    ...($metadata.requestId && { providerId: $metadata.requestId }),
  };
}

/** What the general table of AWS errors says otherwise, or cannot know. */
const CLASSES: Readonly<Record<string, 'transient' | 'hold'>> = {
  ModelErrorException: 'transient',
  ServiceQuotaExceededException: 'hold',
};

function refusal(error: unknown): ModelError {
  const code = awsErrorName(error);
  const status = awsStatus(error);
  const message = `The model refused (HTTP ${status}, ${code})`;
  const words = error instanceof Error ? error.message : undefined;
  if (code === 'ValidationException' && saysTooLong({ status: 400, message: words }))
    return contextTooLong(message);
  // A model that the account may not use, or a name that there is none of, is told as a bad request.
  const isUnknown =
    code === 'ValidationException' && /model identifier|on-demand throughput/i.test(words ?? '');
  const general = classifyAwsError(error);
  const errorClass = CLASSES[code] ?? (isUnknown || status === 401 || status === 403 ? 'hold' : general);
  return new ModelError(message, errorClass === 'unclear' ? 'transient' : errorClass, { code });
}
