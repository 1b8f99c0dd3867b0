import { ModelError, type ObjectSchema } from './model.ts';

/** Who can be asked: `openai` by Responses, `openai-compatible` by chat completions at a base URL. */
export const PROMPT_PROVIDERS = ['openai', 'openai-compatible', 'anthropic', 'bedrock', 'scripted'] as const;

export type PromptProvider = (typeof PROMPT_PROVIDERS)[number];

/** One version of a prompt: whom to ask, and how (contract replies §11.1). */
export interface Prompt {
  readonly id: string;
  readonly version: string;
  readonly provider: PromptProvider;
  /** The model's name at its provider. */
  readonly model: string;
  /** With `{{name}}` where a value of the conversation's record goes. */
  readonly instructions: string;
  /** Shape of the answer; default: the reply's own (contract replies §11.3). */
  readonly output?: ObjectSchema;
  /** Default: the provider's limit. */
  readonly maxOutputTokens?: number;
  /** Default: the provider's own address. */
  readonly baseUrl?: string;
  /** Whether the model holds to a JSON Schema; default: what its provider is known for. */
  readonly structuredOutput?: boolean;
  /** Whether the model is shown the pictures that users send. */
  readonly images: boolean;
}

/** All prompts of a deployment, as `prompts.json` lists them. */
export interface Prompts {
  /** By `id`, by `id@version`, and by each alias. */
  readonly byReference: ReadonlyMap<string, Prompt>;
}

/** Code of the error that says: no prompt goes by this reference. */
export const PROMPT_UNRESOLVED = 'PROMPT_UNRESOLVED';

/**
 * The prompt of a record's `assistant_id_replies`: `id` (its newest version), `id@version`, or an alias such as
 * `asst_…`. Throws a `ModelError` of class hold with the code `PROMPT_UNRESOLVED` for a blank, an unknown one
 * and for the ids of OpenAI's stored prompts (`pmpt_…`), which are gone (contract replies §11.1).
 */
export function resolvePrompt({ byReference }: Prompts, reference: string | undefined): Prompt {
  const asked = reference?.trim() ?? '';
  const prompt = asked.startsWith('pmpt_') ? undefined : byReference.get(asked);
  if (prompt) return prompt;
  throw new ModelError(unresolved(asked), 'hold', { code: PROMPT_UNRESOLVED });
}

function unresolved(reference: string): string {
  if (reference === '') return 'The conversation names no prompt: set assistant_id_replies in its ai_config';
  const known = /^[\w.:@-]{1,100}$/.test(reference) ? ` ${reference}` : '';
  if (reference.startsWith('pmpt_'))
    return `The prompt${known} is one that OpenAI stored, which no longer exists: put it into prompts.json`;
  return `There is no prompt${known} in prompts.json: add it there, or as an alias of one`;
}
