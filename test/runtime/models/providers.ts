import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { ANTHROPIC_FAULTS, createAnthropicStandIn } from '../../../local/stand-ins/anthropic.ts';
import { awsHandler, BEDROCK_FAULTS, createBedrockStandIn } from '../../../local/stand-ins/bedrock.ts';
import { createResponsesStandIn, RESPONSES_FAULTS } from '../../../local/stand-ins/openai-responses.ts';
import { asList, asRecord } from '../../../runtime/core/json.ts';
import { anthropic } from '../../../runtime/models/anthropic.ts';
import { bedrock } from '../../../runtime/models/bedrock.ts';
import { contextTooLong, MODEL_TIMEOUT } from '../../../runtime/models/failure.ts';
import { ModelError, type ModelRequest } from '../../../runtime/models/model.ts';
import { openAiResponses } from '../../../runtime/models/openai-responses.ts';
import { scripted } from '../../../runtime/models/scripted.ts';
import { chatServer } from './chat-server.ts';
import { imagesIn, type Outcome, type Provider, provider, textsIn } from './provider.ts';

function responses(): Provider {
  const standIn = createResponsesStandIn({ apiKey: 'key', model: 'm' });
  return provider({
    standIn,
    model: openAiResponses({ model: 'm', apiKey: 'key', fetch: standIn.fetch }),
    faults: {
      'no credit': RESPONSES_FAULTS.insufficientQuota,
      'unknown model': RESPONSES_FAULTS.unknownModel,
      'too long': RESPONSES_FAULTS.contextTooLong,
      'bad request': RESPONSES_FAULTS.invalidPrompt,
    },
    read: ({ instructions, input, max_output_tokens: limit, text }) => ({
      instructions: instructions as string | undefined,
      messages: textsIn(asList(input)),
      images: imagesIn(asList(input)),
      maxOutputTokens: limit as number | undefined,
      hasSchema: text !== undefined,
    }),
  });
}

function messages(): Provider {
  const standIn = createAnthropicStandIn({ apiKey: 'key', model: 'm' });
  return provider({
    standIn,
    model: anthropic({ model: 'm', apiKey: 'key', fetch: standIn.fetch }),
    faults: {
      'no credit': ANTHROPIC_FAULTS.insufficientQuota,
      'unknown model': ANTHROPIC_FAULTS.unknownModel,
      'too long': ANTHROPIC_FAULTS.contextTooLong,
      overloaded: ANTHROPIC_FAULTS.overloaded,
    },
    read: ({ system, messages: said, max_tokens: limit, output_config: config }) => ({
      instructions: system as string | undefined,
      messages: textsIn(asList(said)),
      images: imagesIn(asList(said)),
      maxOutputTokens: limit as number | undefined,
      hasSchema: config !== undefined,
    }),
  });
}

function converse(): Provider {
  const standIn = createBedrockStandIn({ model: 'm' });
  const client = new BedrockRuntimeClient({
    region: 'eu-north-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    requestHandler: awsHandler(standIn) as never,
  });
  return provider({
    standIn,
    model: bedrock({ model: 'm', client, structuredOutput: true }),
    faults: {
      'no credit': BEDROCK_FAULTS.insufficientQuota,
      'bad key': BEDROCK_FAULTS.accessDenied,
      'unknown model': BEDROCK_FAULTS.unknownModel,
      'too long': BEDROCK_FAULTS.contextTooLong,
      broken: BEDROCK_FAULTS.modelTimeout,
    },
    read: ({ system, messages: said, inferenceConfig, outputConfig }) => ({
      instructions: asRecord(asList(system)[0]).text as string | undefined,
      messages: textsIn(asList(said)),
      images: imagesIn(asList(said)),
      maxOutputTokens: asRecord(inferenceConfig).maxTokens as number | undefined,
      hasSchema: outputConfig !== undefined,
    }),
  });
}

const CLASSES: Readonly<Record<string, 'transient' | 'hold' | 'permanent'>> = {
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
    const outcome = outcomes.shift() ?? { text: '{"content":"Hello"}' };
    if ('failure' in outcome) return scriptedError(outcome.failure);
    const { text, finish = 'stop', usage = { input: 10, output: 5 } } = outcome;
    if (finish === 'context') return contextTooLong('It is scripted: no room');
    if (finish === 'failed') return scriptedError('broken');
    return {
      text: finish === 'tools' ? '' : text,
      finishReason: finish,
      usage: usage
        ? {
            inputTokens: usage.input,
            outputTokens: usage.output,
            totalTokens: usage.input + usage.output,
            cachedTokens: usage.cached ?? 0,
          }
        : undefined,
    };
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

function scriptedError(failure: string): ModelError {
  if (failure === 'too long') return contextTooLong('It is scripted: too long');
  return new ModelError(`It is scripted: ${failure}`, CLASSES[failure] ?? 'transient', {
    code: failure === 'hang' ? MODEL_TIMEOUT : failure,
    ...(failure === 'rate limit' && { retryAfterSeconds: 2 }),
    ...(failure === 'bad key' && { status: 401 }),
  });
}

/** Every adapter, with a provider behind it. */
export const PROVIDERS: Readonly<Record<string, () => Provider>> = {
  'OpenAI Responses': responses,
  'chat completions': chatServer,
  Anthropic: messages,
  Bedrock: converse,
  scripted: scriptedProvider,
};
