import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Provider } from './job.ts';

/** What the agent is asked about: one message, or several under the merge policy. */
export interface Turn {
  readonly provider: Provider;
  readonly botType: Provider;
  readonly chatId: string;
  readonly userId: string;
  readonly eventId: string;
  readonly messageId: string;
  /** The provider's time of the message, ISO 8601. */
  readonly timestamp: string;
  /** `text` and the other kinds of contract bot §8 and §9. */
  readonly kind: string;
  readonly text: string;
  /** The message id this one answers. */
  readonly replyTo?: string;
  /** What the provider sent, for fields that hookline does not name. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A row of the chat's history, oldest first. */
export interface HistoryRow {
  readonly msgNumber: number;
  /** `user`, or the name of the component that spoke. */
  readonly role: string;
  readonly type: string;
  readonly blocks: readonly Block[];
  /** As stored; UTC. */
  readonly timestamp: string;
  /** `provider:model` for a model's row. */
  readonly model: string | null;
}

/** A piece of a message (contract bot §2). */
export interface Block {
  readonly type: string;
  readonly content: unknown;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface AgentContext {
  readonly history: {
    /** The rows before this message, oldest first, at most `HISTORY_PROMPT_MESSAGES`. */
    read(): readonly HistoryRow[];
    /** Empties the chat's history when this turn is saved. */
    clear(): void;
  };
  /** Milliseconds until the function's time is up. */
  deadline(): number;
  /** Aborts before the function's deadline, so that an agent can stop in order. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
  /** A secret or setting: the real environment first, then the SSM `.env`. */
  getKey(name: string): string | undefined;
  /** W3C trace context to hand on to whatever the agent calls. */
  readonly traceparent: string;
}

/** Nothing, a text, a list of blocks (one platform message each), or any value, sent as JSON text. */
export type Reply = null | undefined | string | readonly Block[] | object | number | boolean;

/**
 * The plug-in point: decides the reply to a turn. It may throw; the event is then tried again. It runs once
 * for each event whose reply was stored.
 */
export type Agent = (turn: Turn, context: AgentContext) => Reply | Promise<Reply>;
