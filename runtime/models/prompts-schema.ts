import * as z from 'zod/mini';
import { isRecord } from '../core/json.ts';
import { object, text } from '../core/schema.ts';
import type { ObjectSchema } from './model.ts';
import { hasOnlyVariables } from './prompt-variables.ts';
import { PROMPT_PROVIDERS } from './prompts.ts';

/** The shape of prompts.json; messages say what a value must be, descriptions are for editors. */

const flag = z.boolean('must be true or false');
const described = <S extends z.ZodMiniType>(schema: S, description: string): S =>
  schema.check(z.describe(description));

/** OpenAI's own ids of stored prompts lead nowhere, so they are no names here. */
export const ID = /^(?!pmpt_)[A-Za-z0-9_-]{1,64}$/;
export const ID_MESSAGE = 'must be 1 to 64 characters of A-Z a-z 0-9 _ -, and not begin with pmpt_';

const OUTPUT =
  'must be a JSON Schema of type object with a property content of type string, which requires all of its properties and allows no others';

const output = z.custom<ObjectSchema>(isOutputSchema, OUTPUT);

/** What providers with strict output accept, and what the engine needs. */
function isOutputSchema(value: unknown): boolean {
  if (!isRecord(value) || value.type !== 'object' || value.additionalProperties !== false) return false;
  const { properties, required } = value;
  if (!isRecord(properties) || !Array.isArray(required)) return false;
  const { content } = properties;
  return (
    isRecord(content) &&
    content.type === 'string' &&
    Object.keys(properties).every((name) => required.includes(name))
  );
}

/** One version of a prompt. */
export const PROMPT_SCHEMA = object({
  version: described(
    z.union([text, z.int()], 'must be a text or a whole number'),
    'Named by a record as id@version. Change it with every change of the prompt.',
  ),
  provider: z.optional(
    described(
      z.enum(PROMPT_PROVIDERS, `must be one of ${PROMPT_PROVIDERS.join(', ')}`),
      'Who is asked: openai by its Responses API, openai-compatible by chat completions at base_url. Default: MODEL_PROVIDER, else openai.',
    ),
  ),
  model: described(text, 'The model by the name that its provider gives it; for scripted: echo.'),
  instructions: described(
    text.check(z.refine(hasOnlyVariables, 'has a {{ without a name and }} behind it')),
    'Who the model is and how it should answer. {{recipient_first_name}} and the like become values of the record.',
  ),
  output_schema: z.optional(
    described(output, `Shape of the answer; it ${OUTPUT}. Default: the reply’s own.`),
  ),
  max_output_tokens: z.optional(
    described(
      z.int('must be a whole number').check(z.gte(16, 'must be at least 16')),
      'Longest answer in tokens, hidden reasoning included. Default 4096.',
    ),
  ),
  base_url: z.optional(
    described(
      z.url('must be an address like https://host/v1'),
      'Where the API is. Default: MODEL_BASE_URL for prompts of MODEL_PROVIDER, else the provider’s own address.',
    ),
  ),
  structured_output: z.optional(
    described(
      flag,
      'Whether the model holds to a JSON Schema. Default: true for openai and anthropic. Where false, the shape is asked for in words.',
    ),
  ),
  images: z.optional(
    described(flag, 'Whether the model is shown the pictures that users send. Default false.'),
  ),
  aliases: z.optional(
    described(
      z.array(z.string().check(z.regex(ID, ID_MESSAGE)), 'must be a list'),
      'Other names that records may use, such as the asst_… ids of before.',
    ),
  ),
});

export type PromptEntry = z.infer<typeof PROMPT_SCHEMA>;

/** JSON Schema of the whole file, for editors: a prompt by its id, or a list of its versions, the newest last. */
export function promptsJsonSchema(): object {
  const file = z.record(z.string(), z.union([PROMPT_SCHEMA, z.array(PROMPT_SCHEMA)]));
  const { additionalProperties, ...head } = z.toJSONSchema(file, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.type = 'object';
    },
  });
  return {
    ...head,
    properties: { $schema: { type: 'string' } },
    propertyNames: { pattern: ID.source.replace('^', '^\\$schema$|^') },
    additionalProperties,
  };
}
