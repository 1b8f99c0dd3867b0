import type { MessageEvidence } from './evidence.ts';
import { type Facts, factsOf } from './facts.ts';
import type { Outcome, Verdict } from './model.ts';
import { sentenceOf } from './sentences.ts';

/** What became of a message, and the rule that decided. */
export function verdictOf(evidence: MessageEvidence): Verdict {
  const facts = factsOf(evidence);
  const outcome = outcomeOf(facts);
  const also = alsoOf(facts, outcome);
  const rule = ruleOf(facts, outcome);
  const sentence = [outcome, ...also].map((one) => sentenceOf(one, facts)).join(' ');
  return { outcome, ...(rule !== undefined && { rule }), also, sentence };
}

/** What a decision of each rule comes to when it is done; the agent's and the like are answers. */
const DECIDED: Readonly<Record<string, Outcome>> = {
  taken_over: 'taken_over',
  spend_limit: 'spend_limit',
  window_closed: 'window_closed',
  blocked: 'blocked',
  stored: 'stored',
  system: 'stored',
};

/** Rules that ignore; each is its own outcome. */
const IGNORED: Readonly<Record<string, Outcome>> = {
  busy: 'busy',
  duplicate: 'duplicate',
  too_old: 'too_old',
  rate_limited: 'rate_limited',
  not_allowed: 'not_allowed',
  group_policy: 'group_policy',
  foreign_number: 'foreign_number',
  unsupported: 'unsupported',
  taken_over: 'taken_over',
  spend_limit: 'spend_limit',
  window_closed: 'window_closed',
  blocked: 'blocked',
};

function outcomeOf(facts: Facts): Outcome {
  const { decidedBy, ignoredBy } = facts;
  if (facts.carriedBy !== undefined) return 'merged';
  if (facts.isDone) return doneOutcome(facts);
  if (facts.heldPart !== undefined) return 'held';
  if (facts.isDead) return 'dead';
  if (decidedBy === undefined && ignoredBy !== undefined) return IGNORED[ignoredBy] ?? 'ignored';
  if (facts.wasClaimed && !facts.lastRunEnded) return 'working';
  if (facts.lastFailure) return 'coming_back';
  if (facts.wasHandedOff) return decidedBy === undefined ? 'waiting' : 'working';
  return facts.handOffFailures > 0 ? 'not_handed_off' : 'unknown';
}

function doneOutcome({ refusal, decidedBy = '', parts, wasResumed, skips, accepted }: Facts): Outcome {
  if (refusal !== undefined) return 'refused';
  const special = DECIDED[decidedBy];
  if (special) return special;
  if (wasResumed) return 'resumed';
  if (parts === 0) return 'no_reply';
  // The log of the run that answered is gone; the repetition still says that there was one.
  return accepted === 0 && decidedBy === '' && skips > 0 ? 'duplicate' : 'answered';
}

function alsoOf(facts: Facts, outcome: Outcome): Outcome[] {
  const isSent = facts.parts !== undefined && facts.parts > 0;
  const all: readonly (readonly [Outcome, boolean])[] = [
    ['resumed', facts.wasResumed && isSent],
    ['part_repeated', facts.repeated.length > 0],
    ['dead', facts.isDead && !facts.isDone],
    ['error_told', facts.isErrorTold],
    ['undelivered', facts.undelivered !== undefined],
    ['duplicate', facts.skips > 0],
  ];
  return all.flatMap(([one, holds]) => (holds && one !== outcome ? [one] : []));
}

/** The rule that decided, ignored or stopped the event. */
function ruleOf(facts: Facts, outcome: Outcome): string | undefined {
  if (outcome === 'held') return 'send_unclear';
  if (outcome === 'refused') return 'send_failed';
  if (outcome === 'not_handed_off') return 'hand_off_failed';
  if (outcome === 'duplicate') return 'duplicate';
  if (outcome === 'dead' || outcome === 'coming_back') return facts.lastFailure?.rule ?? facts.decidedBy;
  return facts.decidedBy ?? facts.ignoredBy;
}
