import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Model, ModelImage, ModelUsage } from '../models/model.ts';
import type { Prompt, PromptProvider, Prompts } from '../models/prompts.ts';

/** What the worker asks for a turn. */
export interface Question {
  /** The record's `assistant_id_replies`. */
  readonly promptReference: string | undefined;
  /** What was said before, oldest first: the record's inline entries. */
  readonly history: readonly SaidBefore[];
  /** For `{{name}}` in the instructions (`variablesOf` in model-input.ts). */
  readonly variables: Readonly<Record<string, string>>;
  /** The user's text of this turn. */
  readonly text: string;
  /** Sent only to models that look at pictures. */
  readonly images?: readonly ModelImage[];
  readonly turnId: string;
  /** Keyed hash of the user's address. */
  readonly userRef: string;
  readonly traceparent?: string;
}

export interface SaidBefore {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** `REPLY_FORMAT`: `auto` takes JSON or plain text, `json` only JSON, `text` everything as it is. */
export type ReplyFormat = 'auto' | 'json' | 'text';

export interface AskPorts {
  readonly prompts: Prompts;
  /** Opens the model of a prompt; `apiKey` is empty for a provider without keys. */
  openModel(prompt: Prompt, apiKey: string): Promise<Model>;
  /**
   * The key for a provider, from the record's secret. `fresh`: the provider refused the last one, so it is read
   * anew. Not called for `bedrock` and `scripted`.
   */
  readKey(provider: PromptProvider, fresh: boolean): Promise<string>;
  readonly format: ReplyFormat;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** When the last answer must be there, milliseconds since 1970: the function's end less 60 s (contract §5.4). */
  readonly endMillis: number;
  /** `MODEL_TIMEOUT_MS`: longest wait for one answer. */
  readonly timeoutMillis: number;
  readonly log: Log;
  /** Every call that a provider answered, for the metrics `ModelCalls` and `ModelTokens`. */
  onAnswer?(usage: ModelUsage | undefined): void;
}

/** What the model decided. */
export interface Answered {
  /** What to send, never blank; with `handOff` the draft, which may be blank. */
  readonly reply: string;
  /** The model wants a person to go on. */
  readonly handOff?: { readonly reason: string | undefined };
  /** Of all calls of this turn together; zeros when `usageMissing`. */
  readonly usage: Required<Pick<ModelUsage, 'inputTokens' | 'outputTokens' | 'totalTokens'>>;
  /** A provider did not count. */
  readonly usageMissing: boolean;
  /** `provider:model`. */
  readonly model: string;
  /** The provider's id of the answer. */
  readonly providerRef: string | undefined;
}

/**
 * Asks the prompt's model for the reply of a turn. Keeps nothing at the provider, so it may be called again
 * after a crash. Throws a `ModelError` or `ConfigError`: its class is the turn's (contract replies §11.4), its
 * code says why (`PROMPT_UNRESOLVED`, `insufficient_quota`, `MODEL_OUTPUT`, `context_too_long`, …).
 */
export type AskModel = (question: Question, ports: AskPorts) => Promise<Answered>;
