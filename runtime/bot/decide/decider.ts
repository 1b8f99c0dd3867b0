import type { IncomingMessage } from '../../channels/channel.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Agent } from '../agent.ts';
import type { CommandTexts } from '../commands.ts';
import type { BotConfig } from '../config.ts';
import type { Job } from '../job.ts';
import type { BotDecision, BotJournal } from '../journal.ts';

/** What a turn is decided on. */
export interface DecideInput {
  readonly job: Job;
  readonly message: IncomingMessage;
  /** History and state as they were when the turn began. */
  readonly journal: Pick<BotJournal, 'rows' | 'state'>;
  readonly config: BotConfig;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly log: Log;
  readonly commandTexts: CommandTexts;
  /** When the function's time is up, milliseconds since 1970. */
  readonly deadlineMillis: number;
  /** A secret or setting for the agent. */
  getKey(name: string): string | undefined;
}

/** A rule that decides a turn, or leaves it to the next one. */
export type Decider = (input: DecideInput) => BotDecision | undefined | Promise<BotDecision | undefined>;
