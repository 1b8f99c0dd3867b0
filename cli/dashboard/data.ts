import type { StoredHistory } from '../../runtime/bot/stored-history.ts';
import type { TraceAnswer } from '../../runtime/bot/trace/model.ts';
import type { ListedObject } from '../../runtime/core/object-versions.ts';
import type {
  BotView,
  FailedPage,
  LettersView,
  LocksView,
  QueueView,
  ReplayView,
  SettingsView,
} from './views.ts';

/** A chat that has a history, as the bucket's listing tells it. */
export interface ListedChat extends ListedObject {
  readonly chatId: string;
}

/** What the dashboard reads of one bot. Each method throws when its source cannot be read. */
export interface DashboardData {
  readonly bot: BotView;
  /** All chats that have a history; none of them is read. */
  chats(): Promise<readonly ListedChat[]>;
  /** A whole history; undefined when the chat has none. */
  history(chatId: string): Promise<StoredHistory | undefined>;
  trace(id: string, sinceMillis: number): Promise<TraceAnswer>;
  failed(sinceMillis: number, reason: string | undefined): Promise<FailedPage>;
  /** The object of a captured event as it is stored; undefined when there is none. */
  failedObject(key: string): Promise<unknown>;
  queues(): Promise<readonly QueueView[]>;
  deadLetters(): Promise<LettersView>;
  locks(): Promise<LocksView>;
  settings(): Promise<SettingsView>;
  /** Decides a recorded turn again. Throws `NotReplayableError`. */
  replay(chatId: string, eventId: string): Promise<ReplayView>;
  readonly changes: DashboardChanges;
}

/** What the dashboard changes, when it may. Each resolves to a sentence that says what was done. */
export interface DashboardChanges {
  /** Hands a chat to a person until a time (milliseconds since 1970); undefined gives it back to the bot. */
  takeOver(chatId: string, untilMillis: number | undefined): Promise<string>;
  /** Sends a person's answer, once for each key. */
  answer(chatId: string, text: string, key: string): Promise<string>;
  giveBack(eventId: string, force: boolean): Promise<string>;
  settle(eventId: string, verdict: 'sent' | 'resend', force: boolean): Promise<string>;
  /** Dead letters back to work: those of an event, or all. */
  redrive(eventId: string | undefined, force: boolean): Promise<string>;
}
