import type { OutgoingPart, Sender } from '../channels/channel.ts';
import type { TurnSteps } from '../core/turn.ts';
import { decideByAgent } from './decide/agent.ts';
import { decideCommand } from './decide/command.ts';
import type { DecideInput, Decider, Verdict } from './decide/decider.ts';
import { decideRateLimit } from './decide/rate-limit.ts';
import { decideSpendLimit } from './decide/spend-limit.ts';
import { decideTakenOver } from './decide/taken-over.ts';
import type { BotDecision } from './journal.ts';

/** No send starts in the last moments: its mark would not be written any more. */
const SEND_MARGIN_MILLIS = 1_000;

/** The first that decides wins; what none of them takes is for the agent. */
const DECIDERS: readonly Decider[] = [decideRateLimit, decideTakenOver, decideCommand, decideSpendLimit];

/** How a bot decides a turn and sends its parts. */
export function botSteps(input: DecideInput, sender: Sender): TurnSteps<OutgoingPart, BotDecision> {
  const { job, message, config, deadlineMillis } = input;
  return {
    ambiguityPolicy: config.ambiguityPolicy,
    settlesLater: sender.settlesLater,
    decide: () => decide(input),
    send: (part, number) =>
      sender.send(part, {
        chatId: job.chat_id,
        payload: job.payload,
        ...(number === 1 && message.group && { quotedMessageId: message.messageId }),
        callbackData: `${job.event_id}#${number}`,
        deadlineMillis: deadlineMillis - SEND_MARGIN_MILLIS,
      }),
  };
}

async function decide(input: DecideInput): Promise<Verdict> {
  for (const decider of DECIDERS) {
    const verdict = await decider(input);
    if (verdict) return verdict;
  }
  return decideByAgent(input);
}
