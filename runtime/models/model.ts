import { type ErrorDetails, HooklineError } from '../core/errors.ts';

/**
 * A language model, whoever serves it: messages in, text or tool calls and token usage out. One adapter per
 * wire format implements it. It keeps nothing between turns and does not retry; repeating a call is safe.
 */
export interface Model {
  /** Throws a `ModelError` by class. */
  answer(request: ModelRequest): Promise<ModelAnswer>;
}

/** What was said before. A `tool` message answers the tool call with its id. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string }
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
}

export interface ModelAnswer {
  readonly text: string;
  /** Empty unless the model wants tools to be run before it goes on. */
  readonly toolCalls: readonly ToolCall[];
  /** `length`: cut off at the token limit. `filtered`: withheld by the provider. */
  readonly finishReason: 'stop' | 'tools' | 'length' | 'filtered' | 'other';
  /** Undefined when the provider does not count. */
  readonly usage: ModelUsage | undefined;
}

/** Tokens, as the provider counts and bills them. */
export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A model refused or did not answer. `errorClass` says what to do; it is never `unclear`. */
export class ModelError extends HooklineError {
  override name = 'ModelError';
  constructor(message: string, errorClass: 'transient' | 'hold' | 'permanent', details?: ErrorDetails) {
    super(message, errorClass, details);
  }
}
