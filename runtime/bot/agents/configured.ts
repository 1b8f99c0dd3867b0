import { ConfigError, HooklineError } from '../../core/errors.ts';
import type { NamedModel } from '../../models/chain.ts';
import { openAiCompatible } from '../../models/openai-compatible.ts';
import { MODEL_PRICES, type ModelPrices } from '../../models/prices.ts';
import { MODEL_PROVIDERS, providerAt } from '../../models/providers.ts';
import { DEFAULT_TOOL_ROUNDS } from '../../models/tools.ts';
import type { Agent, AgentContext, Reply, Turn } from '../agent.ts';
import { ask, type Meter } from './ask.ts';
import type { AgentConfig } from './config-file.ts';
import type { ModelChoice } from './config-schema.ts';
import { configuredTool, type ToolFunctions } from './configured-tools.ts';
import { boundTool, DEFAULT_TIMEOUT_SECONDS } from './llm.ts';
import { DEFAULT_OUTPUTS, readOutputs, schemaOf } from './outputs.ts';
import { instructionsOf, messagesOf } from './prompt.ts';

export interface ConfiguredAgentPorts {
  /** By the name that a tool's `function` has. */
  readonly functions: ToolFunctions;
  /** Win over the file's `costs_path` and the known prices. */
  readonly prices?: ModelPrices | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** What all models failing is answered with (contract bot §13.3). */
const DEFAULT_ANSWER = 'No valid response.';

/**
 * The agent that a configuration file describes. It answers with `default_output` when no model does; when an
 * operator could have helped, it says so in the log. Throws `ConfigError` when a tool's function is missing.
 */
export function configuredAgent(config: AgentConfig, ports: ConfiguredAgentPorts): Agent {
  const { agent, general } = config;
  const tools = config.tools.map((tool) => configuredTool(tool, ports.functions));
  const meter: Meter = { prices: { ...MODEL_PRICES, ...config.prices, ...ports.prices }, warned: new Set() };
  const outputs = agent.required_outputs ?? DEFAULT_OUTPUTS;
  const { temperature, max_tokens: maxOutputTokens, top_p: topP } = agent.model_params ?? {};
  const defaults = Object.fromEntries(
    (general.variables ?? []).map(({ key, default: value }) => [key, value]),
  );
  const askModels = async (turn: Turn, given: AgentContext): Promise<Reply> => {
    const context = { ...given, variables: { ...defaults, ...given.variables } };
    const rows = context.history.read();
    const question = {
      models: config.models.map((choice) => chosenModel(choice, context, ports.fetch)),
      instructions: instructionsOf(config, outputs, context.variables),
      messages: messagesOf(config, rows, turn),
      tools: tools.map((tool) => boundTool(tool, turn, context)),
      maxToolRounds: DEFAULT_TOOL_ROUNDS,
      timeoutSeconds: general.timeout ?? DEFAULT_TIMEOUT_SECONDS,
      output: { name: agent.name, schema: schemaOf(outputs) },
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { topP }),
      check: ({ text }: { readonly text: string }) => void readOutputs(text, outputs),
    };
    const { text } = await ask(question, context, meter);
    return [{ type: 'text', content: readOutputs(text, outputs) }];
  };
  return Object.assign(
    (turn: Turn, context: AgentContext) =>
      askModels(turn, context).catch((error) => defaultAnswer(error, config, context)),
    { role: agent.name },
  );
}

function defaultAnswer(error: unknown, { agent }: AgentConfig, { log, signal }: AgentContext): Reply {
  // Without time the turn has failed, and what is no failure of a model is a fault of the code.
  if (signal.aborted || !(error instanceof HooklineError)) throw error;
  if (error.errorClass === 'hold')
    log.critical('operator_needed', { error: `${error.name}: ${error.message}` });
  return [{ type: 'text', content: agent.default_output ?? DEFAULT_ANSWER }];
}

function chosenModel(
  { provider, model, base_url: ownUrl }: ModelChoice,
  { getKey }: AgentContext,
  fetch: typeof globalThis.fetch | undefined,
): NamedModel {
  const { baseUrl, apiKeyName, strictOutput, keyIsOptional } = MODEL_PROVIDERS[provider];
  // The setting may lead to any server that speaks OpenAI's language.
  const elsewhere = provider === 'openai' && ownUrl === undefined ? getKey('OPENAI_BASE_URL') : undefined;
  return {
    name: `${elsewhere === undefined ? provider : providerAt(elsewhere)}:${model}`,
    open: () => {
      const apiKey = getKey(apiKeyName) ?? '';
      if (!apiKey && !keyIsOptional)
        throw new ConfigError([`${apiKeyName} is missing: the agent has no API key for the model`]);
      return openAiCompatible({
        model,
        apiKey,
        baseUrl: ownUrl ?? elsewhere ?? baseUrl,
        strictOutput: strictOutput && elsewhere === undefined,
        fetch,
      });
    },
  };
}
