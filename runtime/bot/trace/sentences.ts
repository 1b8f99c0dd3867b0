import type { Facts } from './facts.ts';
import { partsText } from './log-steps.ts';
import type { Outcome } from './model.ts';

/** One outcome in words for somebody who answers for the bot at night: what happened, the rule, what to do. */
export function sentenceOf(outcome: Outcome, facts: Facts): string {
  const rule = facts.decidedBy ?? 'unknown';
  switch (outcome) {
    case 'answered':
      return `Answered: rule ${rule} decided, and ${acceptedText(facts)}.`;
    case 'resumed':
      return `Resumed: an attempt stopped after the reply was stored, and a later one sent the rest without asking the agent again (rule ${rule}).`;
    case 'part_repeated':
      return `Part ${facts.repeated.join(', ')} was sent again, because its first outcome was unclear: the user may see it twice.`;
    case 'merged':
      return `Merged (rule ${rule}): its text went into the turn of event ${facts.carriedBy}, which carries the reply. Trace that one.`;
    case 'no_reply':
      return `Done: rule ${rule} decided to send nothing.`;
    case 'stored':
      return `Stored in the history (rule ${rule}); the agent was not asked and nothing was sent.`;
    case 'taken_over':
      return 'Not answered by the bot (rule taken_over): a person has taken the chat over. The message stands in the history.';
    case 'spend_limit':
      return 'No model was asked (rule spend_limit): the chat had reached its cost for the day, and got the fixed text.';
    case 'window_closed':
      return "Not answered freely (rule window_closed): more than 24 hours lay behind the user's last message, and only a template may be sent then.";
    case 'blocked':
      return 'Nothing was sent (rule blocked): the user has blocked the bot.';
    case 'held':
      return `Held (rule send_unclear): part ${facts.heldPart} may or may not have arrived, and the policy is to ask you. Look into the chat, then: hookline bot failed resolve <event> --sent or --resend.`;
    case 'refused':
      return `Refused (rule send_failed): rule ${rule} decided, and the platform refused a part for good: ${facts.refusal}. What was not sent is captured.`;
    case 'duplicate':
      return `It was delivered again ${timesText(Math.max(1, facts.skips))} and skipped as done (rule duplicate).`;
    default:
      return unansweredSentence(outcome, facts);
  }
}

type Unanswered = Exclude<
  Outcome,
  | 'answered'
  | 'resumed'
  | 'part_repeated'
  | 'merged'
  | 'no_reply'
  | 'stored'
  | 'taken_over'
  | 'spend_limit'
  | 'window_closed'
  | 'blocked'
  | 'held'
  | 'refused'
  | 'duplicate'
>;

function unansweredSentence(outcome: Unanswered, facts: Facts): string {
  switch (outcome) {
    case 'busy':
      return 'Ignored (rule busy): another message of the chat was being worked on, and the busy policy is drop.';
    case 'too_old':
      return 'Ignored (rule too_old): it was older than MAX_ALLOWED_MESSAGE_DELAY when it came.';
    case 'rate_limited':
      return 'Ignored (rule rate_limited): the user had sent more than INGRESS_RATE_PER_MINUTE messages within a minute.';
    case 'not_allowed':
      return 'Ignored (rule not_allowed): neither the chat nor the user stands in ALLOWED_USERS_JSON.';
    case 'group_policy':
      return 'Ignored (rule group_policy): GROUP_POLICY leaves such messages of a group unanswered.';
    case 'foreign_number':
      return "Ignored (rule foreign_number): it was sent to another number than the bot's.";
    case 'unsupported':
      return 'Ignored (rule unsupported): the bot cannot read messages of this kind.';
    case 'ignored':
      return `Ignored (rule ${facts.ignoredBy}).`;
    case 'dead':
      return deadText(facts);
    case 'error_told':
      return 'The user was told that it failed.';
    case 'undelivered':
      return `A part was accepted and could not be delivered: ${facts.undelivered}.`;
    case 'coming_back':
      return `Attempt ${facts.attempts} failed${failureText(facts)}. It comes back by itself.`;
    case 'working':
      return 'A worker began and has not ended: it is at work, or it died; then the message comes back by itself.';
    case 'waiting':
      return 'Handed off, and no worker has begun: it waits behind other messages of its chat, or for a free worker.';
    case 'not_handed_off':
      return `Never handed off (rule hand_off_failed): the hand-off failed ${timesText(facts.handOffFailures)} and was answered 503, so the platform delivers again.`;
    case 'unknown':
      return 'What could be read does not tell what became of it.';
    default:
      return outcome satisfies never;
  }
}

const timesText = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const acceptedText = ({ accepted, parts }: Facts): string =>
  parts === undefined || parts === accepted
    ? `${partsText(accepted)} ${accepted === 1 ? 'was' : 'were'} accepted`
    : `${accepted} of ${partsText(parts)} are known to be accepted`;

function deadText(facts: Facts): string {
  const { attempts, heldPart, parts, accepted } = facts;
  if (heldPart !== undefined) return 'Until then it lies in the dead-letter queue.';
  const start = `It failed ${timesText(attempts)} and lies in the dead-letter queue${failureText(facts)}.`;
  return parts !== undefined && parts > 0 && accepted === parts
    ? `${start} Every part is accepted by now: hookline bot redrive finishes it.`
    : `${start} Mend the cause, then: hookline bot redrive.`;
}

const failureText = ({ lastFailure }: Facts): string =>
  lastFailure?.error === undefined
    ? ''
    : `; the last error (rule ${lastFailure.rule}): ${lastFailure.error.replace(/\.$/, '')}`;
