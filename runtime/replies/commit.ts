import type { AssistantEntry, NewEntry, UserEntry } from './entry.ts';
import type { Ending, PendingTurn, TurnPart } from './pending-turn.ts';
import type { Conversation } from './record.ts';
import type { RecordChange } from './record-change.ts';
import { turnTimesWith } from './stop-rules.ts';

/** What a commit is made of. */
export interface CommitInput {
  readonly conversation: Conversation;
  readonly turn: PendingTurn;
  readonly nowMillis: number;
  readonly maxTurnsPerHour: number;
}

/** Attributes that exist only while somebody works on the record. */
const WORK_ATTRIBUTES = [
  'pending_turn',
  'turn_attempts',
  'lock_owner',
  'lock_expires_at',
  'status_before_lock',
  'processing_started_at',
];

const NO_USAGE = { promptTokens: 0, completionTokens: 0, totalTokens: 0, isMissing: true };

/** The parts of a turn that Twilio accepted. */
const acceptedParts = ({ parts }: PendingTurn) =>
  parts.filter((part): part is TurnPart & { readonly sid: string } => part.sid !== undefined);

/** The text of what was not sent, for the person who takes over: the rest of the reply, or the whole draft. */
export function unsentText(turn: PendingTurn): string | undefined {
  const unsent = turn.parts.filter((part) => part.sid === undefined);
  const text = turn.parts.length === 0 ? turn.replyText : unsent.map((part) => part.text).join('');
  return text || undefined;
}

/** Both sides of the turn: the reply's only where a part of it was accepted. */
export function entriesOf({ turn, nowMillis }: CommitInput): readonly NewEntry[] {
  const { turnId, messageSids, combinedBody: content, firstReceivedAt: timestamp, media } = turn;
  const sids = messageSids as UserEntry['messageSids'];
  const user: UserEntry = { role: 'user', messageSids: sids, timestamp, content, media, turnId };
  const accepted = acceptedParts(turn);
  if (accepted.length === 0) return [user];
  const assistant: AssistantEntry = {
    role: 'assistant',
    partSids: accepted.map((part) => part.sid) as unknown as AssistantEntry['partSids'],
    timestamp: accepted[0]?.sendStartedAt ?? new Date(nowMillis).toISOString(),
    content: accepted.map((part) => part.text).join(''),
    usage: turn.usage ?? NO_USAGE,
    turnId,
    ...(turn.model !== undefined && { model: turn.model }),
    ...(turn.providerRef !== undefined && { providerRef: turn.providerRef }),
    processingTimeMillis: Math.max(0, nowMillis - Date.parse(turn.createdAt)),
    ...deliveryOf(accepted),
  };
  return [user, assistant];
}

/** What callbacks said before the entry was there: a failure before all else. */
function deliveryOf(parts: readonly TurnPart[]) {
  const told = parts.find((part) => part.errorCode !== undefined) ?? parts.at(-1);
  const { deliveryStatus, errorCode } = told ?? {};
  return {
    ...(deliveryStatus !== undefined && { deliveryStatus }),
    ...(errorCode !== undefined && { errorCode }),
  };
}

/** What else the commit changes: the turn and the lease go with the same write. */
export function changeOf(input: CommitInput): RecordChange {
  const { conversation, turn, nowMillis, maxTurnsPerHour } = input;
  const replied = acceptedParts(turn);
  const last = replied.at(-1)?.sid;
  const now = new Date(nowMillis).toISOString();
  return {
    set: {
      conversation_status: statusOf(turn.ending, conversation),
      last_turn_id: turn.turnId,
      last_user_message_at: turn.lastReceivedAt ?? turn.firstReceivedAt,
      ...(last !== undefined && {
        last_assistant_message_sid: last,
        turn_times: turnTimesWith(conversation, nowMillis, maxTurnsPerHour),
      }),
      ...(turn.ending?.setsOptOut && { opted_out: true, opted_out_at: now }),
      ...(turn.ending && turn.ending.kind !== 'opted_out' && { failure_reason: turn.ending.rule }),
    },
    remove: turn.ending ? WORK_ATTRIBUTES : [...WORK_ATTRIBUTES, 'failure_reason'],
    add: {
      total_prompt_tokens: turn.usage?.promptTokens ?? 0,
      total_completion_tokens: turn.usage?.completionTokens ?? 0,
    },
  };
}

/** An opt-out is no state of work: what stood there stands there again. */
function statusOf(ending: Ending | undefined, { statusBeforeLock }: Conversation): string {
  if (!ending) return 'reply_sent';
  if (ending.kind === 'window_closed') return 'window_closed';
  return ending.kind === 'hand_off' ? 'handoff_required' : (statusBeforeLock ?? 'reply_sent');
}
