import { type ErrorDetails, HooklineError } from '../core/errors.ts';

/**
 * A language model, whoever serves it: messages in, text or tool calls and token usage out. One adapter per
 * wire format implements it. It keeps nothing between turns and does not retry; repeating a call is safe.
 */
export interface Model {
  /** What it can do; nothing of it when absent. */
  readonly capabilities?: ModelCapabilities;
  /** Throws a `ModelError` by class. */
  answer(request: ModelRequest): Promise<ModelAnswer>;
}

/** Contract replies §11.5. */
export interface ModelCapabilities {
  /** Holds its answer to `output`; others are to be told the shape in words. */
  readonly structuredOutput: boolean;
  /** Looks at `images`; others refuse or ignore them. */
  readonly images: boolean;
}

/** A picture that belongs to a message. */
export interface ModelImage {
  /** As `image/jpeg`. */
  readonly contentType: string;
  readonly base64: string;
}

/** The picture inside an address, as OpenAI's APIs take it. */
export const dataUrl = ({ contentType, base64 }: ModelImage): string =>
  `data:${contentType};base64,${base64}`;

/** What was said before. A `tool` message answers the tool call with its id. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string; readonly images?: readonly ModelImage[] }
  | {
      readonly role: 'assistant';
      readonly text: string;
      /** The answer's own list, not a copy: by it an adapter finds what its provider wants to see again. */
      readonly toolCalls?: readonly ToolCall[];
    }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string };

/** What the model wants a tool to do. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it: it may not fit the schema, or not be JSON at all. */
  readonly input: string;
}

/** JSON Schema of an object. */
export type ObjectSchema = Readonly<Record<string, unknown>> & { readonly type: 'object' };

/** A tool that the model may ask for. */
export interface ToolDeclaration {
  /** 1 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly name: string;
  readonly description: string;
  readonly parameters: ObjectSchema;
}

export interface ModelRequest {
  /** What the model is told before the conversation; none when absent. */
  readonly instructions?: string;
  /** Oldest first; the last one is what is asked now. */
  readonly messages: readonly ModelMessage[];
  readonly tools?: readonly ToolDeclaration[];
  /** The answer's text is to be JSON of this shape. A provider without strict output ignores it. */
  readonly output?: { readonly name: string; readonly schema: ObjectSchema };
  /** Longest answer, in tokens; the provider's own limit when absent. */
  readonly maxOutputTokens?: number;
  /** 0 (always the likeliest word) to 2; the provider's own default when absent. */
  readonly temperature?: number;
  /** 0 to 1: the share of likely words to choose from; the provider's own default when absent. */
  readonly topP?: number;
  /** Longest wait for the answer. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal;
  /** W3C trace context, handed on as a header. */
  readonly traceparent?: string;
  /** Stands beside the call in the provider's own records, where it keeps any. */
  readonly turnId?: string;
  /** A hash that stands for the user, for the provider's abuse checks and its cache; up to 64 characters. */
  readonly userRef?: string;
}

export interface ModelAnswer {
  readonly text: string;
  /** Empty unless the model wants tools to be run before it goes on. */
  readonly toolCalls: readonly ToolCall[];
  /**
   * `length`: cut off at the token limit. `filtered`: withheld by the provider. `refusal`: the model declined,
   * and `text` is at most its excuse.
   */
  readonly finishReason: 'stop' | 'tools' | 'length' | 'filtered' | 'refusal' | 'other';
  /** Undefined when the provider does not count. */
  readonly usage: ModelUsage | undefined;
  /** The provider's name for this answer (`resp_…`, `chatcmpl-…`, `msg_…`). */
  readonly providerId?: string;
}

/** Tokens, as the provider counts and bills them. */
export interface ModelUsage {
  /** All that was read, the cached part included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The provider's own sum; absent when it gives none. */
  readonly totalTokens?: number;
  /** Part of `inputTokens` that came from the provider's cache. */
  readonly cachedTokens?: number;
  /** Part of `outputTokens` that nobody sees. */
  readonly reasoningTokens?: number;
}

/** Only the counts that a provider gave. */
export function counted<K extends keyof ModelUsage>(
  counts: Readonly<Record<K, unknown>>,
): Partial<Pick<ModelUsage, K>> {
  const given = Object.entries(counts).filter(([, count]) => typeof count === 'number');
  return Object.fromEntries(given) as Partial<Pick<ModelUsage, K>>;
}

/** A model refused or did not answer. `errorClass` says what to do; it is never `unclear`. */
export class ModelError extends HooklineError {
  override name = 'ModelError';
  /** The HTTP status of a refusal. */
  readonly status: number | undefined;
  constructor(
    message: string,
    errorClass: 'transient' | 'hold' | 'permanent',
    { status, ...details }: ErrorDetails & { readonly status?: number } = {},
  ) {
    super(message, errorClass, details);
    this.status = status;
  }
}

/** Code of the error that says: instructions and messages are longer than what the model can read. */
export const CONTEXT_TOO_LONG = 'context_too_long';

/** Whether fewer messages may help. */
export const isContextTooLong = (error: unknown): boolean =>
  error instanceof HooklineError && error.code === CONTEXT_TOO_LONG;
