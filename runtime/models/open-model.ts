import type { AwsClient } from '../core/aws-errors.ts';
import { BoundedMap } from '../core/bounded-map.ts';
import { type Model, ModelError } from './model.ts';
import type { Prompt } from './prompts.ts';

export interface OpenModelPorts {
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Replaces the client that Bedrock is reached by. */
  readonly bedrockClient?: ((endpoint: string | undefined) => AwsClient) | undefined;
}

/** Opens the model of a prompt; `apiKey` may be empty for a provider without keys. */
export type OpenModel = (prompt: Prompt, apiKey: string) => Promise<Model>;

/** A container serves few keys; old ones go when they are replaced. */
const KEPT_MODELS = 20;

/**
 * Opens models by their prompts and keeps them with their connections. Each adapter, and the vendor's package
 * with it, is loaded when its first model is opened.
 */
export function modelOpener(ports: OpenModelPorts = {}): OpenModel {
  const kept = new BoundedMap<string, Promise<Model>>(KEPT_MODELS);
  return (prompt, apiKey) => {
    const { provider, model, baseUrl, structuredOutput } = prompt;
    const key = JSON.stringify([provider, model, baseUrl, structuredOutput, apiKey]);
    const opened = kept.get(key) ?? open(prompt, apiKey, ports);
    kept.set(key, opened);
    // What could not be opened is tried anew.
    opened.catch(() => kept.delete(key));
    return opened;
  };
}

async function open(
  prompt: Prompt,
  apiKey: string,
  { fetch, bedrockClient }: OpenModelPorts,
): Promise<Model> {
  const { provider, model, baseUrl, structuredOutput } = prompt;
  const options = { model, apiKey, baseUrl, fetch, structuredOutput };
  switch (provider) {
    case 'openai':
      return (await import('./openai-responses.ts')).openAiResponses(options);
    case 'openai-compatible': {
      const { openAiCompatible } = await import('./openai-compatible.ts');
      return openAiCompatible({ ...options, strictOutput: structuredOutput });
    }
    case 'anthropic':
      return (await import('./anthropic.ts')).anthropic(options);
    case 'bedrock': {
      const { bedrock } = await import('./bedrock.ts');
      const client = (bedrockClient ?? (await import('./bedrock-client.ts')).bedrockClient)(baseUrl);
      return bedrock({ model, client, structuredOutput });
    }
    case 'scripted': {
      if (model !== 'echo')
        throw new ModelError('The scripted provider has one model, echo: name it in prompts.json', 'hold');
      const { echo, scripted } = await import('./scripted.ts');
      return scripted(echo);
    }
  }
}
