import { contextTooLong, MODEL_TIMEOUT } from '../../../runtime/models/failure.ts';
import { ModelError, type ModelRequest } from '../../../runtime/models/model.ts';
import { scripted } from '../../../runtime/models/scripted.ts';
import { chat, responses } from './openai-wires.ts';
import { converse, messages } from './other-wires.ts';
import { HELLO, type Outcome, type Provider, provider } from './provider.ts';

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
