import { ConfigError } from '../../core/errors.ts';
import { retry } from '../../core/retry.ts';
import { type Model, ModelError, type ModelMessage } from '../../models/model.ts';
import { openAiCompatible } from '../../models/openai-compatible.ts';
import type { Agent, AgentContext, HistoryRow, Turn } from '../agent.ts';
import { blockText } from '../reply.ts';

export interface LlmAgentOptions {
  /** The model's name at its provider. Default: the setting `OPENAI_MODEL`. */
  readonly model?: string;
  /** The API's address up to `/v1`. Default: the setting `OPENAI_BASE_URL`, else OpenAI itself. */
  readonly baseUrl?: string;
  /** Name of the setting that holds the API key. Default `OPENAI_API_KEY`. */
  readonly apiKeyName?: string;
  /** Who the model is and how it should answer. */
  readonly system?: string;
  /** Longest answer, in tokens. Default: the provider's limit. */
  readonly maxOutputTokens?: number;
  /** 0 to 2. Default: the provider's. */
  readonly temperature?: number;
  /** Longest wait for one answer, in seconds, and never longer than the function has left. Default 120. */
  readonly timeoutSeconds?: number;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * An agent that asks a language model behind any OpenAI-compatible API. It sends the chat's history and the
 * message, and logs `model_answered` with the tokens used. Settings come from the environment or the SSM
 * `.env`. Throws `ConfigError` when one is missing and `ModelError` when the model does not answer.
 *
 * @example
 * export const agent = llmAgent({ model: 'gpt-5-mini', system: 'You are a friendly librarian.' });
 */
export function llmAgent(options: LlmAgentOptions = {}): Agent {
  let opened: { readonly key: string; readonly model: Promise<Model> } | undefined;
  const open = (settings: ModelSettings): Promise<Model> => {
    const key = JSON.stringify(settings);
    // Settings change when the `.env` was read again.
    if (opened?.key !== key) opened = { key, model: openAiCompatible({ ...settings, fetch: options.fetch }) };
    return opened.model;
  };
  return async (turn, context) => {
    const settings = readSettings(options, context);
    const model = await open(settings);
    const answer = await ask(model, turn, context, options);
    context.log.info('model_answered', {
      model: settings.model,
      tokens_in: answer.usage?.inputTokens,
      tokens_out: answer.usage?.outputTokens,
      finish_reason: answer.finishReason,
    });
    if (answer.text.trim() !== '') return answer.text;
    throw new ModelError(`The model's answer is empty (${answer.finishReason})`, 'permanent');
  };
}

interface ModelSettings {
  readonly model: string;
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}

function readSettings(options: LlmAgentOptions, { getKey }: AgentContext): ModelSettings {
  const keyName = options.apiKeyName ?? 'OPENAI_API_KEY';
  const apiKey = getKey(keyName);
  const model = options.model ?? getKey('OPENAI_MODEL');
  if (apiKey && model) return { model, apiKey, baseUrl: options.baseUrl ?? getKey('OPENAI_BASE_URL') };
  const faults = [
    ...(apiKey ? [] : [`${keyName} is missing: the agent has no API key for the model`]),
    ...(model ? [] : ['OPENAI_MODEL is missing, and the agent names no model']),
  ];
  throw new ConfigError(faults);
}

const DEFAULT_TIMEOUT_SECONDS = 120;

/** Nothing is kept at the provider, so a failed call is repeated while there is time. */
function ask(model: Model, turn: Turn, context: AgentContext, options: LlmAgentOptions) {
  const { system, maxOutputTokens, temperature, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const { clock, signal, traceparent } = context;
  const messages = [
    ...context.history.read().flatMap(rowMessage),
    { role: 'user', text: turn.text } as const,
  ];
  const attempt = () =>
    model.answer({
      messages,
      ...(system !== undefined && { instructions: system }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(temperature !== undefined && { temperature }),
      timeoutMillis: Math.max(1, Math.floor(Math.min(timeoutSeconds * 1000, context.deadline()))),
      signal,
      traceparent,
    });
  const deadlineMillis = clock.nowMillis() + context.deadline();
  return retry(attempt, {
    clock,
    signal,
    deadlineMillis,
    maxAttempts: 3,
    minDelayMillis: 500,
    maxDelayMillis: 8000,
  });
}

/** The bot's own rows are the model's, all others the user's (contract bot §13.3); metadata is never sent. */
function rowMessage({ type, blocks }: HistoryRow): readonly ModelMessage[] {
  const texts = blocks.filter((block) => block.type === 'text').map((block) => blockText(block.content));
  const text = texts.filter((part) => part !== '').join('\n');
  return text === '' ? [] : [{ role: type === 'agent' ? 'assistant' : 'user', text }];
}
