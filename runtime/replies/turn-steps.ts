import { splitReply } from '../channels/twilio/split.ts';
import { errorClassOf } from '../core/errors.ts';
import type { TurnSteps } from '../core/turn.ts';
import type { Answered } from './ask.ts';
import type { WorkerConfig } from './config.ts';
import { endingOfModelError, handedOffByModel, OPTED_OUT, TOO_MANY_PARTS } from './ending.ts';
import type { Ending } from './pending-turn.ts';
import type { RepliesDecision } from './replies-decision.ts';
import { type SendInput, sendPart } from './send-part.ts';
import { stopBefore } from './stop-rules.ts';

export interface StepsInput extends SendInput {
  /** Asks the model for the reply of the turn that the journal holds. */
  ask(): Promise<Answered>;
}

/** How the reply engine decides a turn and sends its parts. */
export const repliesSteps = (input: StepsInput): TurnSteps<string, RepliesDecision> => ({
  // The policy is the send step's, which asks Twilio first.
  ambiguityPolicy: 'resend',
  settlesLater: true,
  decide: () => decide(input),
  send: (text, number) => sendPart(text, number, input),
});

async function decide(input: StepsInput): Promise<RepliesDecision> {
  const { config, clock } = input.ports;
  const { conversation, turn } = input.journal;
  const ending = input.journal.isStopped
    ? OPTED_OUT
    : stopBefore(conversation, turn, clock.nowMillis(), config.maxTurnsPerHour);
  if (ending) return withoutReply(ending);
  // Read before the model is asked: without credentials its answer would be of no use.
  await input.account();
  try {
    return decisionOf(await input.ask(), config);
  } catch (error) {
    if (errorClassOf(error) !== 'permanent') throw error;
    return withoutReply(endingOfModelError(error));
  }
}

const withoutReply = (ending: Ending): RepliesDecision => ({
  parts: [],
  replyText: undefined,
  ending,
  usage: undefined,
  model: undefined,
  providerRef: undefined,
});

/** What is kept of a reply that is too long to be sent. */
const MAX_DRAFT_UNITS = 20_000;

/** What is sent of a model's answer, and how the turn ends when that is not the whole story (contract replies §11.3). */
function decisionOf(
  answered: Answered,
  { handoffSendDraft, maxReplyParts }: Pick<WorkerConfig, 'handoffSendDraft' | 'maxReplyParts'>,
): RepliesDecision {
  const { reply, handOff, isComplete, usage, model, providerRef } = answered;
  const parts = splitReply(reply);
  const isTooLong = parts.length > maxReplyParts;
  // A draft that fits neither the record nor the queue would have the model asked again and again.
  const replyText = isTooLong ? reply.slice(0, MAX_DRAFT_UNITS).replace(/[\uD800-\uDBFF]$/, '') : reply;
  const decided = { replyText, usage, model, providerRef };
  const sendsParts = handoffSendDraft && !isTooLong;
  if (handOff) {
    const ending = { ...handedOffByModel(handOff.reason), ...(sendsParts && { sendsParts }) };
    return { ...decided, parts: sendsParts ? parts : [], ending };
  }
  return isTooLong
    ? { ...decided, parts: [], ending: TOO_MANY_PARTS }
    : { ...decided, parts, ending: undefined, ...(isComplete && { isComplete }) };
}
