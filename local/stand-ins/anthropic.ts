import type { Answer, FaultRule } from './fault.ts';
import {
  type Asked,
  createModelStandIn,
  type ModelReply,
  type ModelStandIn,
  type ModelStandInOptions,
  refusalsBy,
  schemaFault,
  textsOf,
} from './model-server.ts';
import { jsonObject } from './stand-in.ts';

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** An error answer of the Messages API. */
export const anthropicError = (status: number, message = 'The request failed.'): Answer => ({
  status,
  json: {
    type: 'error',
    error: { type: TYPES[status] ?? 'api_error', message },
    request_id: 'req_000000000000',
  },
});

const TOO_LONG = anthropicError(400, 'prompt is too long: 200001 tokens > 200000 maximum');

const refuse = ({ status, json }: Answer): FaultRule => ({
  kind: 'refuse',
  status,
  body: json as Readonly<Record<string, unknown>>,
});

/** Refusals that have more to them than a status, for `fail`. */
export const ANTHROPIC_FAULTS = {
  insufficientQuota: refuse(
    anthropicError(400, 'Your credit balance is too low to access the Anthropic API.'),
  ),
  contextTooLong: refuse(TOO_LONG),
  overloaded: refuse(anthropicError(529, 'Overloaded')),
  unknownModel: refuse(anthropicError(404, 'model: unknown')),
} as const;

/** Anthropic's Messages API without streams: method `message`. */
export function createAnthropicStandIn(options: ModelStandInOptions = {}): ModelStandIn {
  return createModelStandIn(
    {
      read: (request) => read(request, options),
      tooLong: TOO_LONG,
      refusal: refusalsBy(anthropicError),
      answer: (reply, asked, sequence) => {
        const id = `msg_${`${sequence}`.padStart(12, '0')}`;
        if (reply.finish === 'failed') return { answer: anthropicError(500, 'Internal server error'), id };
        return { answer: { status: 200, json: messageOf(reply, asked, id) }, id };
      },
    },
    options,
  );
}

async function read(request: Request, { apiKey, model: only }: ModelStandInOptions) {
  // The vendor's client sends the second since its version 1.
  const bearer = request.headers.get('authorization')?.match(/^Bearer (\S+)$/)?.[1];
  const key = request.headers.get('x-api-key') ?? bearer;
  if (!key || (apiKey && key !== apiKey)) return { refused: anthropicError(401, 'invalid x-api-key') };
  if (request.method !== 'POST' || !new URL(request.url).pathname.endsWith('/v1/messages'))
    return { refused: anthropicError(404, 'Not found') };
  if (!request.headers.get('anthropic-version'))
    return { refused: anthropicError(400, 'anthropic-version: header is required') };
  const body = (await jsonObject(request)) ?? {};
  const fault = faultOf(body);
  if (fault) return { refused: anthropicError(400, fault) };
  const model = String(body.model);
  if (only && model !== only) return { refused: anthropicError(404, `model: ${model}`) };
  const messages = body.messages as readonly { readonly content: unknown }[];
  const texts = [...textsOf(body.system), ...messages.flatMap(({ content }) => textsOf(content))];
  return { asked: { method: 'message', model, texts, body } };
}

type Body = Readonly<Record<string, unknown>>;

const KNOWN = new Set(
  `max_tokens messages metadata model output_config service_tier stop_sequences stream system temperature thinking
  tool_choice tools top_k top_p`.split(/\s+/),
);

/** What the API refuses about a request; undefined when it is well-formed. */
function faultOf(body: Body): string | undefined {
  const unknown = Object.keys(body).find((name) => !KNOWN.has(name));
  if (unknown) return `${unknown}: Extra inputs are not permitted`;
  if (typeof body.model !== 'string') return 'model: Field required';
  if (!Number.isInteger(body.max_tokens) || Number(body.max_tokens) < 1) return 'max_tokens: Field required';
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return 'messages: at least one message is required';
  const messages = body.messages as readonly Body[];
  const wrong = messages.find(({ role }) => role !== 'user' && role !== 'assistant');
  if (wrong) return `messages: Unexpected role "${wrong.role}"`;
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  if (messages.some(({ content }) => isBlank(content)))
    return 'messages: text content blocks must contain non-whitespace text';
  const { format } = (body.output_config ?? {}) as { readonly format?: Body };
  const words = format?.type === 'json_schema' ? schemaFault(format.schema, false) : undefined;
  return words && `output_config.format.schema: ${words}`;
}

const isBlank = (content: unknown): boolean =>
  textsOf(content).some((text) => text.trim() === '') || (Array.isArray(content) && content.length === 0);

const STOP_REASONS = {
  stop: 'end_turn',
  length: 'max_tokens',
  filtered: 'refusal',
  refusal: 'refusal',
  tools: 'tool_use',
  context: 'model_context_window_exceeded',
  failed: 'end_turn',
} as const;

function messageOf({ text, finish, usage }: Required<ModelReply>, { model }: Asked, id: string) {
  const block =
    finish === 'tools'
      ? { type: 'tool_use', id: `toolu_${id.slice(4)}`, name: 'lookup', input: {} }
      : { type: 'text', text, citations: null };
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [block],
    stop_reason: STOP_REASONS[finish],
    stop_sequence: null,
    ...(usage && {
      usage: {
        // What came from the cache is counted beside the rest.
        input_tokens: usage.input - (usage.cached ?? 0),
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: usage.cached ?? 0,
        output_tokens: usage.output,
        service_tier: 'standard',
      },
    }),
  };
}
