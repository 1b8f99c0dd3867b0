import type { IncomingGroup, IncomingMedia, LoadedMedia, MessageKind } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { DirectActions } from './direct-actions.ts';
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
  readonly kind: MessageKind;
  /** Text, caption, transcript, or a structured kind's fields as text; of merged messages one a line. */
  readonly text: string;
  readonly media: readonly IncomingMedia[];
  readonly isVoiceNote: boolean;
  /** What a structured kind says: a button's id, a flow's answers, a place, a contact. */
  readonly data?: unknown;
  /** Present when the message was written in a group. */
  readonly group?: IncomingGroup;
  /** The command, when a custom command calls: its first word, lower case, with the slash. */
  readonly command?: string;
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
  readonly content?: unknown;
  /** Of a block of type `variable`, which has no content: it sets the variable `key` to `value`. */
  readonly key?: string;
  readonly value?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface AgentContext {
  readonly history: {
    /** The rows before this message, oldest first, at most `HISTORY_PROMPT_MESSAGES`. */
    read(): readonly HistoryRow[];
    /** Adds a row between the user's and the reply's when this turn is saved. */
    append(row: { readonly role: string; readonly type: string; readonly blocks: readonly Block[] }): void;
    /** Empties the chat's history when this turn is saved. */
    clear(): void;
  };
  /** The media that users send, and files of this chat (contract bot §11.10). */
  readonly files: {
    /** Fetches a medium of `turn.media`, at most `MEDIA_MAX_BYTES`. Throws a `MediaError`. */
    load(media: IncomingMedia): Promise<LoadedMedia>;
    /** Stores a medium under a relative name; resolves to the reference for a block's `path`. */
    save(name: string, bytes: Uint8Array): Promise<string>;
  };
  /** Sends at once, outside the ledger: a turn that is tried again repeats it (contract bot §2). */
  readonly send: DirectActions;
  /** What variable blocks of the rows in `history.read()` have set; a variable block in the reply sets one. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Counts what a model call used: it goes into the reply's row, the log, and the chat's spending. */
  countUsage(usage: Usage): void;
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

/** What a turn's model calls used, summed over the turn. */
export interface Usage {
  /** `provider:model`. */
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** US dollars; undefined when the model has no known price. */
  readonly costUsd?: number;
}

/** Nothing, a text, a list of blocks (one platform message each), or any value, sent as JSON text. */
export type Reply = null | undefined | string | readonly Block[] | object | number | boolean;

/**
 * The plug-in point: decides the reply to a turn. It may throw; the event is then tried again. It runs once
 * for each event whose reply was stored.
 */
export interface Agent {
  (turn: Turn, context: AgentContext): Reply | Promise<Reply>;
  /** Who speaks in the history. Default `agent`. */
  readonly role?: string;
}
