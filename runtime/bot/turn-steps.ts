import type { OutgoingPart } from '../channels/channel.ts';
import type { TurnSteps } from '../core/turn.ts';
import { decideByAgent } from './decide/agent.ts';
import { decideBlocked, decideBlocking, unblocking } from './decide/blocked.ts';
import { decideCommand } from './decide/command.ts';
import type { DecideInput, Decider, Verdict } from './decide/decider.ts';
import { decideIdChange, tieAliases } from './decide/id-change.ts';
import { decideNoted } from './decide/noted.ts';
import { decideRateLimit } from './decide/rate-limit.ts';
import { decideSpendLimit } from './decide/spend-limit.ts';
import { decideTakenOver } from './decide/taken-over.ts';
import { decideWindow } from './decide/window.ts';
import type { BotDecision } from './journal.ts';
import { partSender } from './part-sender.ts';

/** The first that decides wins; what none of them takes is for the agent. */
const DECIDERS: readonly Decider[] = [
  decideIdChange,
  decideBlocking,
  decideRateLimit,
  decideNoted,
  decideTakenOver,
  decideBlocked,
  decideCommand,
  decideWindow,
  decideSpendLimit,
];

/** How a bot decides a turn and sends its parts. */
export function botSteps(input: DecideInput): TurnSteps<OutgoingPart, BotDecision> {
  const send = partSender(input);
  return {
    ambiguityPolicy: input.config.ambiguityPolicy,
    settlesLater: input.sender.settlesLater,
    decide: () => decide(input),
    send: (part, number) => {
      // Twice without an outcome between: the part was sent again, because its first outcome was unclear.
      input.log.info('part_begun', { part: number });
      return send(part, number);
    },
  };
}

async function decide(input: DecideInput): Promise<Verdict> {
  const aliases = await tieAliases(input);
  const verdict = await firstVerdict(input);
  if ('ignored' in verdict) return verdict;
  // What a message tells beside its text is saved with whatever was decided.
  return { ...verdict, state: [...(verdict.state ?? []), ...aliases, ...unblocking(input)] };
}

async function firstVerdict(input: DecideInput): Promise<Verdict> {
  for (const decider of DECIDERS) {
    const verdict = await decider(input);
    if (verdict) return verdict;
  }
  return decideByAgent(input);
}
