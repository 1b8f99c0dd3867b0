import type { Channel, IncomingMessage } from '../../channels/channel.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Ignored } from '../../core/turn.ts';
import type { Agent } from '../agent.ts';
import type { ChatFiles } from '../chat-files.ts';
import type { AdminActions, CommandOptions } from '../commands.ts';
import type { BotConfig } from '../config.ts';
import type { FailedEvents } from '../failed-events.ts';
import type { HistoryStore } from '../history-store.ts';
import type { Job } from '../job.ts';
import type { BotDecision, BotJournal } from '../journal.ts';
import type { Transcribe } from '../transcribe.ts';

/** One message of a turn, with the job that brought it. */
export interface TurnMessage {
  readonly job: Job;
  readonly message: IncomingMessage;
}

/** What a turn is decided on. */
export interface DecideInput {
  /** The event that carries the reply; of merged messages the last. */
  readonly job: Job;
  /** What the user says; of merged messages all texts and media, under the ids of the last. */
  readonly message: IncomingMessage;
  /** The messages of the turn in order of arrival: one, or several under the merge policy. */
  readonly messages: readonly TurnMessage[];
  /** History and state as they were when the turn began. */
  readonly journal: Pick<BotJournal, 'rows' | 'state' | 'opened' | 'reload' | 'carrierId' | 'usage'>;
  readonly histories: Pick<HistoryStore, 'alias' | 'open'>;
  readonly failedEvents: FailedEvents;
  readonly config: BotConfig;
  readonly agent: Agent;
  readonly sender: Channel;
  readonly files: ChatFiles;
  /** Absent: sounds reach the agent as sounds alone. */
  readonly transcribe: Transcribe | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly commands: CommandOptions;
  /** What the admin's commands act on; absent: the bot has none of those. */
  readonly adminActions?: AdminActions;
  /** The bot's name on Telegram, without the @. */
  botUsername(): Promise<string>;
  /** IANA name; a day of spending begins at its midnight. */
  readonly timezone: string;
  /** When the function's time is up, milliseconds since 1970. */
  readonly deadlineMillis: number;
  /** A secret or setting for the agent. */
  getKey(name: string): string | undefined;
}

/** A verdict on a turn: a decision to store, or the rule by which it is ignored without a trace. */
export type Verdict = BotDecision | Ignored;

/** A rule that decides a turn, or leaves it to the next one. */
export type Decider = (input: DecideInput) => Verdict | undefined | Promise<Verdict | undefined>;
