import { type ErrorDetails, HooklineError } from '../core/errors.ts';

/**
 * A language model, whoever serves it: messages in, text and token usage out. One adapter per wire format
 * implements it. It keeps nothing between calls and does not retry; repeating a call is safe.
 */
export interface Model {
  /** Throws a `ModelError` by class. */
  answer(request: ModelRequest): Promise<ModelAnswer>;
}

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface ModelRequest {
  /** What the model is told before the conversation; none when absent. */
  readonly instructions?: string;
  /** Oldest first; the last one is what is asked now. */
  readonly messages: readonly ModelMessage[];
  /** Longest answer, in tokens; the provider's own limit when absent. */
  readonly maxOutputTokens?: number;
  /** 0 (always the likeliest word) to 2; the provider's own default when absent. */
  readonly temperature?: number;
  /** Longest wait for the answer. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal;
  /** W3C trace context, handed on as a header. */
  readonly traceparent?: string;
}

export interface ModelAnswer {
  readonly text: string;
  /** `length`: cut off at the token limit. `filtered`: withheld by the provider. */
  readonly finishReason: 'stop' | 'length' | 'filtered' | 'other';
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
