import { ConfigError } from '../../core/errors.ts';
import type { JsonRecord } from '../../core/json.ts';
import type { NamedModel } from '../../models/chain.ts';
import type { ModelMessage, ToolDeclaration } from '../../models/model.ts';
import { OPENAI_URL, openAiCompatible } from '../../models/openai-compatible.ts';
import { MODEL_PRICES, type ModelPrices } from '../../models/prices.ts';
import { providerAt } from '../../models/providers.ts';
import { DEFAULT_TOOL_ROUNDS, type Tool } from '../../models/tools.ts';
import type { Agent, AgentContext, HistoryRow, Turn } from '../agent.ts';
import { blockText } from '../reply.ts';
import { ask, type Meter } from './ask.ts';

/**
 * What a tool does with the model's input, which has the declared required fields and is otherwise as the model
 * wrote it. The result is shown to the model. A turn that is tried again may run it again.
 */
export type ToolFunction = (input: JsonRecord, turn: Turn, context: AgentContext) => unknown;

/** A function that the model may call. */
export interface AgentTool extends ToolDeclaration {
  readonly run: ToolFunction;
}

export interface LlmAgentOptions {
  /** The model's name at its provider. Default: the setting `OPENAI_MODEL`. */
  readonly model?: string;
  /** The API's address up to `/v1`. Default: the setting `OPENAI_BASE_URL`, else OpenAI itself. */
  readonly baseUrl?: string;
  /** Name of the setting that holds the API key. Default `OPENAI_API_KEY`. */
  readonly apiKeyName?: string;
  /** Who the model is and how it should answer. */
  readonly system?: string;
  /** What the model may call before it answers. */
  readonly tools?: readonly AgentTool[];
  /** How often it may ask for tools in one turn. Default 8. */
  readonly maxToolRounds?: number;
  /** Longest answer, in tokens. Default: the provider's limit. */
  readonly maxOutputTokens?: number;
  /** 0 to 2. Default: the provider's. */
  readonly temperature?: number;
  /** Longest wait for one answer, in seconds, and never longer than the function has left. Default 120. */
  readonly timeoutSeconds?: number;
  /** Prices by `provider:model`; they win over the known ones. */
  readonly prices?: ModelPrices;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch;
}

export const DEFAULT_TIMEOUT_SECONDS = 120;

/**
 * An agent that asks a language model behind any OpenAI-compatible API. It sends the chat's history and the
 * message, runs the tools that the model asks for, and counts tokens and cost. Settings come from the
 * environment or the SSM `.env`. Throws `ConfigError` when one is missing and `ModelError` when the model does
 * not answer.
 *
 * @example
 * export const agent = llmAgent({ model: 'gpt-5-mini', system: 'You are a friendly librarian.' });
 */
export function llmAgent(options: LlmAgentOptions = {}): Agent {
  const {
    tools = [],
    maxToolRounds = DEFAULT_TOOL_ROUNDS,
    timeoutSeconds = DEFAULT_TIMEOUT_SECONDS,
  } = options;
  const { system, maxOutputTokens, temperature } = options;
  const meter: Meter = { prices: { ...MODEL_PRICES, ...options.prices }, warned: new Set() };
  return async (turn, context) => {
    const question = {
      models: [modelOf(readSettings(options, context), options.fetch)],
      messages: [...context.history.read().flatMap(rowMessage), { role: 'user', text: turn.text } as const],
      tools: tools.map((tool) => boundTool(tool, turn, context)),
      maxToolRounds,
      timeoutSeconds,
      ...(system !== undefined && { instructions: system }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(temperature !== undefined && { temperature }),
    };
    return (await ask(question, context, meter)).text;
  };
}

/** The tool as the model's loop runs it: for this turn. */
export const boundTool = (tool: AgentTool, turn: Turn, context: AgentContext): Tool => ({
  name: tool.name,
  description: tool.description,
  parameters: tool.parameters,
  run: (input) => tool.run(input, turn, context),
});

interface ModelSettings {
  readonly model: string;
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}

function modelOf(settings: ModelSettings, fetch: typeof globalThis.fetch | undefined): NamedModel {
  const opened = openAiCompatible({ ...settings, fetch });
  return { name: `${providerAt(settings.baseUrl ?? OPENAI_URL)}:${settings.model}`, open: () => opened };
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

/** The bot's own rows are the model's, all others the user's (contract bot §13.3); metadata is never sent. */
function rowMessage({ type, blocks }: HistoryRow): readonly ModelMessage[] {
  const texts = blocks.filter((block) => block.type === 'text').map((block) => blockText(block.content));
  const text = texts.filter((part) => part !== '').join('\n');
  return text === '' ? [] : [{ role: type === 'agent' ? 'assistant' : 'user', text }];
}
