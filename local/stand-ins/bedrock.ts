import { Readable } from 'node:stream';
import type { Answer, FaultRule } from './fault.ts';
import {
  createModelStandIn,
  type ModelReply,
  type ModelStandIn,
  type ModelStandInOptions,
  refusalsBy,
  textsOf,
} from './model-server.ts';
import { jsonObject } from './stand-in.ts';

const NAMES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

/** An error answer of Bedrock: its name stands in a header and in the body. */
export function bedrockError(
  status: number,
  message = 'The request failed.',
  name = NAMES[status] ?? 'InternalServerException',
): Answer {
  return { status, json: { __type: name, message }, headers: { 'x-amzn-errortype': name } };
}

const TOO_LONG = bedrockError(400, 'Input is too long for requested model.');

/** A refusal by name for `fail`: the name in the body is enough for AWS clients. */
const refuse = ({ status, json }: Answer): FaultRule => ({
  kind: 'refuse',
  status,
  body: json as Readonly<Record<string, unknown>>,
});

/** Refusals that have more to them than a status, for `fail`. */
export const BEDROCK_FAULTS = {
  insufficientQuota: refuse(bedrockError(400, 'Too many tokens a day.', 'ServiceQuotaExceededException')),
  contextTooLong: refuse(TOO_LONG),
  modelTimeout: refuse(bedrockError(408, 'Model has timed out in processing the request.')),
  unknownModel: refuse(bedrockError(400, 'The provided model identifier is invalid.')),
  accessDenied: refuse(bedrockError(403, "You don't have access to the model with the specified model ID.")),
} as const;

/** Bedrock's Converse API without streams: method `converse`. Any AWS signature or bearer key is taken. */
export function createBedrockStandIn(options: Omit<ModelStandInOptions, 'apiKey'> = {}): ModelStandIn {
  return createModelStandIn(
    {
      read: (request) => read(request, options),
      tooLong: TOO_LONG,
      refusal: refusalsBy((status) => bedrockError(status)),
      answer: (reply, _asked, sequence) => {
        const id = `00000000-0000-4000-8000-${`${sequence}`.padStart(12, '0')}`;
        if (reply.finish === 'failed') return { answer: bedrockError(424, 'The model failed.'), id };
        const headers = { 'x-amzn-requestid': id };
        return { answer: { status: 200, json: answerOf(reply), headers }, id };
      },
    },
    options,
  );
}

async function read(request: Request, { model: only }: ModelStandInOptions) {
  const [, encoded] = /^\/model\/([^/]+)\/converse$/.exec(new URL(request.url).pathname) ?? [];
  if (request.method !== 'POST' || !encoded)
    return { refused: bedrockError(404, 'Not found', 'UnknownOperationException') };
  if (!/^(AWS4-HMAC-SHA256 |Bearer \S)/.test(request.headers.get('authorization') ?? ''))
    return {
      refused: bedrockError(403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'),
    };
  const model = decodeURIComponent(encoded);
  if (only && model !== only)
    return { refused: bedrockError(400, 'The provided model identifier is invalid.') };
  const body = (await jsonObject(request)) ?? {};
  const fault = faultOf(body);
  if (fault) return { refused: bedrockError(400, fault) };
  const messages = body.messages as readonly { readonly content: unknown }[];
  const texts = [...textsOf(body.system), ...messages.flatMap(({ content }) => textsOf(content))];
  return { asked: { method: 'converse', model, texts, body } };
}

type Body = Readonly<Record<string, unknown>>;

/** What the API refuses about a request; undefined when it is well-formed. */
function faultOf(body: Body): string | undefined {
  const { messages, inferenceConfig = {}, requestMetadata = {} } = body;
  if (!Array.isArray(messages) || messages.length === 0)
    return 'The Converse API requires at least one message.';
  const roles = messages.map(({ role }: Body) => role);
  if (roles[0] !== 'user') return 'A conversation must start with a user message.';
  if (roles.some((role, at) => role !== (at % 2 === 0 ? 'user' : 'assistant')))
    return 'A conversation must alternate between user and assistant roles.';
  const isEmpty = ({ content }: Body) => !Array.isArray(content) || content.length === 0;
  if (messages.some(isEmpty)) return 'The content field in the Message object is empty.';
  if (messages.flatMap(({ content }: Body) => textsOf(content)).some((text) => text.trim() === ''))
    return 'The text field in the ContentBlock object is blank.';
  const { maxTokens } = inferenceConfig as Body;
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && Number(maxTokens) >= 1))
    return 'The maximum tokens must be at least 1.';
  const pairs = Object.values(requestMetadata as Body);
  const isMetadata =
    pairs.length <= 16 && pairs.every((value) => typeof value === 'string' && value.length <= 256);
  return isMetadata ? undefined : 'requestMetadata takes 16 pairs of texts of at most 256 characters.';
}

const STOP_REASONS = {
  stop: 'end_turn',
  length: 'max_tokens',
  filtered: 'content_filtered',
  refusal: 'guardrail_intervened',
  tools: 'tool_use',
  context: 'model_context_window_exceeded',
  failed: 'end_turn',
} as const;

function answerOf({ text, finish, usage }: Required<ModelReply>) {
  const block =
    finish === 'tools' ? { toolUse: { toolUseId: 'tooluse_1', name: 'lookup', input: {} } } : { text };
  return {
    metrics: { latencyMs: 100 },
    output: { message: { role: 'assistant', content: [block] } },
    stopReason: STOP_REASONS[finish],
    ...(usage && {
      usage: {
        inputTokens: usage.input,
        outputTokens: usage.output,
        totalTokens: usage.input + usage.output,
        ...(usage.cached !== undefined && { cacheReadInputTokens: usage.cached }),
      },
    }),
  };
}

interface SmithyRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The `requestHandler` of an AWS client that talks to this process in place of the network. */
export const awsHandler = ({ fetch }: Pick<ModelStandIn, 'fetch'>) => ({
  async handle(
    request: SmithyRequest,
    { abortSignal }: { readonly abortSignal?: unknown } = {},
  ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: Readable } }> {
    const { method, protocol, hostname, path, headers, body } = request;
    const { host: _, ...sent } = headers;
    const response = await fetch(`${protocol}//${hostname}${path}`, {
      method,
      headers: sent,
      ...(body !== undefined && { body: body as string }),
      ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
    });
    return {
      response: {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: Readable.from([Buffer.from(await response.arrayBuffer())]),
      },
    };
  },
});
