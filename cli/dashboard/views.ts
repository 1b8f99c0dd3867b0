import type { OutgoingPart } from '../../runtime/channels/channel.ts';

/** What the dashboard's server gives its page: plain values that survive JSON. Times are ISO 8601, UTC. */

/** The bots that can be looked at, and what the page may do. */
export interface SiteView {
  readonly bots: readonly BotView[];
  /** Buttons that change something are there. */
  readonly isWritable: boolean;
  /** Rows of a conversation that are shown at first. */
  readonly historyLimit: number;
  /** Where the other page of the same server is, when there is one. */
  readonly consoleUrl?: string;
}

export interface BotView {
  readonly name: string;
  readonly provider: 'whatsapp' | 'telegram';
  readonly region: string;
  readonly busyPolicy: string;
}

/** One page of the chats, newest first. */
export interface ChatPage {
  readonly chats: readonly ChatSummary[];
  /** Chats that fit the search. */
  readonly total: number;
  readonly offset: number;
}

/** A chat in the list. Without `content` its history could not be read; `error` says why. */
export interface ChatSummary {
  readonly chatId: string;
  /** When its history was last saved. */
  readonly changedAt: string;
  readonly bytes: number;
  readonly content?: ChatContent;
  /** The id whose history this one leads to (contract bot §11.12). */
  readonly aliasOf?: string;
  readonly error?: string;
}

export interface ChatContent {
  readonly rows: number;
  readonly lastRowAt?: string;
  /** A person answers until then. */
  readonly ownerUntil?: string;
  readonly isBlocked: boolean;
  /** The newest day with model calls, in the bot's timezone. */
  readonly spend?: { readonly day: string; readonly usd: number };
  readonly usage: readonly UsageLine[];
}

/** What the model calls of one user, day (UTC) and model used, in one chat. */
export interface UsageLine extends UsageSum {
  readonly day: string;
  readonly userId: string;
  readonly model: string;
}

export interface UsageSum {
  /** Rows that a model wrote. */
  readonly messages: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** US dollars; absent when no row had a known price. */
  readonly costUsd?: number;
}

export interface ConversationView extends ChatContent {
  readonly chatId: string;
  /** Other ids that lead to the same history. */
  readonly aliases: readonly string[];
  readonly key: string;
  readonly bytes: number;
  /** The newest, oldest first. */
  readonly shown: readonly RowView[];
  readonly events: readonly EventView[];
  readonly state: Readonly<Record<string, string>>;
}

export interface RowView {
  readonly number: number;
  readonly role: string;
  readonly type: string;
  readonly at: string;
  readonly model?: string;
  readonly blocks: readonly BlockView[];
  readonly usage?: UsageSum;
  /** The event whose turn stored the row; absent where no row of the user's tells. */
  readonly eventId?: string;
  readonly messageId?: string;
}

export interface BlockView {
  readonly type: string;
  /** What a text block says. */
  readonly text?: string;
  readonly content: unknown;
  readonly metadata?: unknown;
}

/** What was decided for an event. */
export interface EventView {
  readonly eventId: string;
  readonly rule: string;
  readonly decidedAt: string;
  readonly sentAt: string;
  readonly attempt: string;
  /** The event that carries the reply of this one's turn. */
  readonly carriedBy?: string;
  /** Empty after they were delivered. */
  readonly parts: readonly OutgoingPart[];
}

/** One page of the captured events, newest first. */
export interface FailedPage {
  readonly events: readonly FailedView[];
  /** Objects that fit the time; only the newest are read. */
  readonly total: number;
  readonly read: number;
}

export interface FailedView {
  readonly key: string;
  readonly reason: string;
  readonly error: string;
  readonly capturedAt: string;
  readonly eventId?: string;
  readonly chatId?: string;
  readonly part?: number;
}

export interface QueueView {
  readonly kind: 'jobs' | 'dead letters';
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Why it could not be read. */
  readonly error?: string;
}

export interface LettersView {
  readonly letters: readonly LetterView[];
  /** What could not be seen. */
  readonly note?: string;
}

export interface LetterView {
  readonly messageId: string;
  readonly eventId: string;
  readonly chatId: string;
  readonly sentAt: string;
}

export interface LocksView {
  readonly locks: readonly LockView[];
  /** Items of the table that were looked at; the rest was not. */
  readonly looked: number;
  readonly hasMore: boolean;
}

export interface LockView {
  readonly chatId: string;
  readonly owner: string;
  readonly eventId?: string;
  readonly busyUntil?: string;
  readonly expiresAt?: string;
  /** Housekeeping has not deleted it yet; it locks nothing. */
  readonly isExpired: boolean;
}

export interface SettingView {
  readonly name: string;
  /** Absent: it is set, and not shown. */
  readonly value?: string;
}

export interface SettingsView {
  /** Variables of the worker. */
  readonly variables: readonly SettingView[];
  /** Names in the parameter with the secrets. */
  readonly secrets: readonly string[];
  readonly parameterName?: string;
  /** Why the names of the secrets could not be read. */
  readonly fault?: string;
}

/** A recorded turn, decided again. Nothing was sent or stored. */
export interface ReplayView {
  readonly eventId: string;
  /** When it was decided, and what the replay takes for now. */
  readonly at: string;
  readonly agent: 'recorded' | 'given';
  readonly recorded: ReplaySide;
  readonly replayed: ReplaySide;
  readonly isEqual: boolean;
  /** What the comparison could not know. */
  readonly notes: readonly string[];
}

export interface ReplaySide {
  readonly rule: string;
  readonly parts: readonly OutgoingPart[];
}
