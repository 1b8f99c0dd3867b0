import * as z from 'zod/mini';
import { object, text } from '../../core/schema.ts';
import { MODEL_PROVIDERS, type ModelProviderName } from '../../models/providers.ts';

/** The shape of the agent's configuration file (contract bot §13.1); messages say what a value must be. */

const flag = z.boolean('must be true or false');
const list = <S extends z.ZodMiniType>(item: S) => z.array(item, 'must be a list');
const numberIn = (minimum: number, maximum: number) => {
  const message = `must be a number from ${minimum} to ${maximum}`;
  return z.number(message).check(z.gte(minimum, message), z.lte(maximum, message));
};

const providers = Object.keys(MODEL_PROVIDERS) as ModelProviderName[];
const model = object({
  provider: z.enum(providers, `must be one of ${providers.join(', ')}`),
  model: text,
  base_url: z.optional(z.url('must be an address like https://host/v1')),
});
const models = list(model).check(z.minLength(1, 'must name a model'));

const FIELD_TYPES = ['string', 'number', 'integer', 'boolean'] as const;
const FIELD = `must be a description, or an object with a type (${FIELD_TYPES.join(', ')}) and a description`;
const field = z.union(
  [text, z.strictObject({ type: z.enum(FIELD_TYPES), description: text, enum: z.optional(list(text)) })],
  FIELD,
);
const NAME = 'must be 1 to 64 characters of A-Z a-z 0-9 _ -';
const name = z.string(NAME).check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, NAME));
const fields = z
  .record(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/)), field, {
    error: (issue) =>
      issue.code === 'invalid_key' ? `is no name for a field: it ${NAME}` : 'must be an object',
  })
  .check(z.refine((value) => Object.keys(value).length > 0, 'must name a field'));
/** A text, or an object with the fields of the output. */
const output = z.union([z.string(), z.record(z.string(), z.unknown())], 'must be a text or an object');

const agent = object({
  type: z.literal('agent'),
  name,
  system: text,
  required_outputs: z.optional(fields),
  default_output: z.optional(output),
  models: z.optional(models),
  positive_filter: z.optional(list(text)),
  negative_filter: z.optional(list(text)),
  model_params: z.optional(
    object({
      temperature: z.optional(numberIn(0, 2)),
      max_tokens: z.optional(z.int('must be a whole number').check(z.gte(1, 'must be at least 1'))),
      top_p: z.optional(numberIn(0, 1)),
    }),
  ),
  include_timestamp: z.optional(flag),
  uses_tool: z.optional(z.union([text, list(text)], 'must be the name of a tool, or a list of them')),
});

const tool = object({
  type: z.literal('tool'),
  name,
  description: z.optional(text),
  inputs: z.optional(fields),
  outputs: z.optional(fields),
  function: text,
  default_output: z.optional(output),
});

const automation = object({
  type: z.literal('automation'),
  name,
  sequence: list(text).check(z.minLength(1, 'must name a component')),
});

const general = object({
  general_system_description: z.optional(z.string('must be a text')),
  default_models: z.optional(models),
  functions: z.optional(text),
  variables: z.optional(list(object({ key: text, type: z.optional(text), default: z.unknown() }))),
  timezone: z.optional(
    z.string('must be a text').check(z.refine(isTimezone, 'must be a timezone like Europe/Madrid')),
  ),
  include_timestamp: z.optional(flag),
  timeout: z.optional(numberIn(1, 900)),
  admin_user_id: z.optional(z.union([text, z.int()], 'must be an id')),
  costs_path: z.optional(text),
});

export const CONFIG_SCHEMA = object({
  general_parameters: z.optional(general),
  components: list(
    z.discriminatedUnion('type', [agent, tool, automation], {
      error: (issue) =>
        issue.code === 'invalid_union' ? 'must be agent, tool or automation' : 'must be an object',
    }),
  ).check(z.minLength(1, 'must name an agent')),
});

export const PRICES_SCHEMA = z.record(
  z.string(),
  object({ input: numberIn(0, 100_000), output: numberIn(0, 100_000) }),
  'must be an object',
);

export type ConfigFile = z.infer<typeof CONFIG_SCHEMA>;
export type GeneralParameters = z.infer<typeof general>;
export type AgentComponent = z.infer<typeof agent>;
export type ToolComponent = z.infer<typeof tool>;
export type ModelChoice = z.infer<typeof model>;
export type Fields = z.infer<typeof fields>;

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
