import { schemaFault } from './model-server.ts';

/** What the Responses API refuses about a request, in its words. */
export interface RequestFault {
  readonly message: string;
  readonly param: string;
  readonly code: string;
}

type Body = Readonly<Record<string, unknown>>;

const KNOWN = new Set(
  `background context_management conversation include input instructions max_output_tokens max_tool_calls metadata
  model parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning
  safety_identifier service_tier store stream temperature text tool_choice tools top_logprobs top_p truncation
  user`.split(/\s+/),
);

const fault = (param: string, message: string, code = 'invalid_value'): RequestFault => ({
  message,
  param,
  code,
});

/** Undefined when the request is well-formed. */
export function responsesFault(body: Body): RequestFault | undefined {
  const unknown = Object.keys(body).find((name) => !KNOWN.has(name));
  if (unknown) return fault(unknown, `Unknown parameter: '${unknown}'.`, 'unknown_parameter');
  if (typeof body.model !== 'string' || body.model === '')
    return fault('model', "Missing required parameter: 'model'.", 'missing_required_parameter');
  if (body.conversation && body.previous_response_id)
    return fault('conversation', 'Mutually exclusive parameters.', 'mutually_exclusive_parameters');
  return inputFault(body.input) ?? limitsFault(body) ?? formatFault(body.text);
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  user: ['input_text', 'input_image', 'input_file'],
  system: ['input_text'],
  developer: ['input_text'],
  assistant: ['output_text', 'refusal'],
};

function inputFault(input: unknown): RequestFault | undefined {
  if (typeof input === 'string' && input !== '') return undefined;
  if (!Array.isArray(input) || input.length === 0)
    return fault('input', "Missing required parameter: 'input'.", 'missing_required_parameter');
  for (const [at, item] of input.entries()) {
    const { role, content, type = 'message' } = item as Body;
    if (type !== 'message') continue;
    const parts = PARTS[String(role)];
    if (!parts) return fault(`input[${at}].role`, `Invalid value: '${role}'.`);
    const isWrong = (part: Body) => !parts.includes(String(part?.type));
    if (typeof content !== 'string' && (!Array.isArray(content) || content.some(isWrong)))
      return fault(
        `input[${at}].content`,
        'Invalid type: a text, or parts that fit the role.',
        'invalid_type',
      );
  }
  return undefined;
}

const MIN_OUTPUT_TOKENS = 16;

function limitsFault(body: Body): RequestFault | undefined {
  const { max_output_tokens: most, safety_identifier: identifier, metadata = {} } = body;
  if (most !== undefined && most !== null && !(Number.isInteger(most) && Number(most) >= MIN_OUTPUT_TOKENS))
    return fault('max_output_tokens', 'Expected a value >= 16.', 'integer_below_min_value');
  if (typeof identifier === 'string' && identifier.length > 128)
    return fault('safety_identifier', 'Expected at most 128 characters.', 'string_above_max_length');
  const pairs = Object.entries(metadata as Body);
  const fits = ([name, value]: [string, unknown]) =>
    name.length <= 64 && typeof value === 'string' && value.length <= 512;
  if (pairs.length > 16 || !pairs.every(fits))
    return fault('metadata', 'Expected at most 16 pairs of texts of at most 64 and 512 characters.');
  return undefined;
}

function formatFault(text: unknown): RequestFault | undefined {
  const format = (text as { readonly format?: Body } | undefined)?.format;
  if (format?.type !== 'json_schema') return undefined;
  if (typeof format.name !== 'string' || !/^[\w-]{1,64}$/.test(format.name))
    return fault('text.format.name', "Missing required parameter: 'text.format.name'.");
  const words = format.strict === true ? schemaFault(format.schema, true) : undefined;
  return words === undefined
    ? undefined
    : fault(
        'text.format.schema',
        `Invalid schema for response_format '${format.name}': ${words}`,
        'invalid_json_schema',
      );
}
