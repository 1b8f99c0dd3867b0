import { asText } from '../../core/json.ts';
import type { LogEvidence } from '../../core/trace/reading.ts';
import type { MessageEvidence } from './evidence.ts';
import type { Verdict } from './model.ts';

/** What became of a message, and the one rule that decided (contract replies §14). */
export function verdictOf(evidence: MessageEvidence): Verdict {
  const rule = ruleOf(evidence);
  const sentence = rule === undefined ? undecided(evidence) : sentenceOf(rule, evidence);
  return { ...(rule !== undefined && { rule }), sentence };
}

/** Lines that decide, the strongest first: what was done counts more than what was tried before. */
const DECIDING = [
  ['delivery_failed'],
  ['turn_finished'],
  ['turn_failed', 'lease_lost', 'staged_without_record'],
  ['message_recorded'],
  ['trigger_deferred'],
  ['message_repeated'],
  ['webhook_refused'],
] as const;

function ruleOf({ own, reply, entry }: MessageEvidence): string | undefined {
  for (const names of DECIDING) {
    const line = own.findLast((one) => names.some((name) => name === one.message) && decides(one));
    if (line) return asText(line.fields.rule);
  }
  return entry && reply ? 'replied' : undefined;
}

/** A status callback that was refused is not the message's own request. */
const decides = ({ message, fields }: LogEvidence): boolean =>
  asText(fields.rule) !== undefined && (message !== 'webhook_refused' || fields.turn_id === undefined);

function undecided({ entry, row, own, letters }: MessageEvidence): string {
  if (letters.length > 0 && !entry)
    return 'Its trigger lies in the dead-letter queue; the log of why is gone. Mend the cause, then: hookline replies redrive.';
  if (entry) return 'It is in the record; the log that would tell how it was decided is gone.';
  if (row) return 'It is staged and waits for its turn.';
  return own.length > 0 ? 'It is being worked on.' : 'Nothing tells what became of it.';
}

const SENTENCES: Readonly<Record<string, string>> = {
  invalid_signature:
    'Refused: the signature is wrong. Compare the token in the secret and the URL at Twilio with the deployed one.',
  no_conversation: 'Dropped: there is no conversation of this pair of numbers.',
  project_inactive: 'Dropped: the project of the conversation is not active.',
  channel_not_allowed: 'Dropped: the record does not allow the channel.',
  duplicate_sid: 'It came again and was taken once.',
  human_route: 'It went to a person: the conversation is routed there. The model was not asked.',
  opted_out: 'It is kept and not answered: the user has opted out.',
  deferred: 'It waits: another turn of the conversation was in progress, and its trigger was put off.',
  replied: 'It was answered.',
  hand_off: 'A person takes over; the reply was not sent, or not all of it.',
  model_output: 'It went to a person: the model gave no reply that could be sent.',
  window_closed: 'It went to a person: the 24-hour window for free text is closed.',
  turn_guard: 'It went to a person: the conversation had more turns within an hour than MAX_TURNS_PER_HOUR.',
  unclear_adopted:
    'It was answered: a part whose outcome was unclear had arrived at Twilio and was not sent again.',
  unclear_resent: 'It was answered: a part whose outcome was unclear was not at Twilio and was sent again.',
  unclear_held:
    'It went to a person: a part may or may not have been sent, and SEND_AMBIGUITY_POLICY is hold.',
};

function sentenceOf(rule: string, { letters, entry }: MessageEvidence): string {
  const known = SENTENCES[rule];
  if (known !== undefined) return known;
  const [kind = '', code = ''] = rule.split(':');
  if (kind === 'permanent') return `It went to a person: ${code} cannot be answered automatically.`;
  const isDead = letters.length > 0 && !entry;
  if (kind === 'hold')
    return isDead
      ? `It lies in the dead-letter queue: ${code}. Mend the cause, then: hookline replies redrive.`
      : `It is held: ${code}. Mend the cause; it is tried again until the dead-letter queue takes it.`;
  if (kind === 'transient')
    return isDead
      ? `It failed every time (${code}) and lies in the dead-letter queue: hookline replies redrive.`
      : `It failed for now (${code}) and comes back by itself.`;
  return `It was decided by ${rule}.`;
}
