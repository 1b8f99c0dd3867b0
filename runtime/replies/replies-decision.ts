import type { Decided } from '../core/turn.ts';
import type { TurnUsage } from './entry.ts';
import type { Ending } from './pending-turn.ts';

/** What is stored before the first part is sent: the reply, or why there is none. */
export interface RepliesDecision extends Decided<string> {
  /** The whole reply; with an ending, the draft for the person. */
  readonly replyText: string | undefined;
  readonly ending: Ending | undefined;
  /** The conversation has reached its goal, says the model. */
  readonly isComplete?: boolean;
  readonly usage: TurnUsage | undefined;
  readonly model: string | undefined;
  readonly providerRef: string | undefined;
}
