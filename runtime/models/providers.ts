import { OPENAI_URL } from './openai-compatible.ts';

/** Where a provider's chat completions API is, and what it can do. */
export interface ModelProvider {
  /** Up to `/chat/completions`. */
  readonly baseUrl: string;
  /** Name of the setting that holds the API key (contract bot §3). */
  readonly apiKeyName: string;
  /** Holds answers to a JSON Schema, whichever of its models is asked. */
  readonly strictOutput: boolean;
  /** A server of one's own may be open. */
  readonly keyIsOptional?: boolean;
}

const provider = (
  name: string,
  baseUrl: string,
  more: Partial<Pick<ModelProvider, 'strictOutput' | 'keyIsOptional'>> = {},
): ModelProvider => ({
  baseUrl,
  apiKeyName: `${name.toUpperCase()}_API_KEY`,
  strictOutput: false,
  ...more,
});

/**
 * The providers of contract bot §3, by the address that each one's documentation gives for clients of OpenAI's
 * chat completions (November 2026). Groq, OpenRouter and NVIDIA hold only some of their models to a schema and
 * refuse it for the others; Anthropic's endpoint ignores it. For these the prompt alone asks for the shape.
 */
export const MODEL_PROVIDERS = {
  openai: provider('openai', OPENAI_URL, { strictOutput: true }),
  openrouter: provider('openrouter', 'https://openrouter.ai/api/v1'),
  google: provider('google', 'https://generativelanguage.googleapis.com/v1beta/openai', {
    strictOutput: true,
  }),
  groq: provider('groq', 'https://api.groq.com/openai/v1'),
  anthropic: provider('anthropic', 'https://api.anthropic.com/v1'),
  deepseek: provider('deepseek', 'https://api.deepseek.com'),
  wavespeed: provider('wavespeed', 'https://llm.wavespeed.ai/v1'),
  nvidia: provider('nvidia', 'https://integrate.api.nvidia.com/v1'),
  lmstudio: provider('lmstudio', 'http://127.0.0.1:1234/v1', { strictOutput: true, keyIsOptional: true }),
} as const satisfies Readonly<Record<string, ModelProvider>>;

export type ModelProviderName = keyof typeof MODEL_PROVIDERS;

/** Who serves an address; for one that is not in the table its host's name. */
export function providerAt(baseUrl: string): string {
  const address = baseUrl.replace(/\/+$/, '');
  const known = Object.entries(MODEL_PROVIDERS).find(([, each]) => each.baseUrl === address);
  return known?.[0] ?? hostOf(baseUrl);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : 'unknown';
}
