import { isFailedStatus } from '../channels/twilio/status.ts';
import { deliveryFailure } from './delivery-failure.ts';
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
  /** The status before the lease. */
  readonly statusBefore: string | undefined;
}

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

/** The turn with what status callbacks noted in the record since it was read: of the same messages, or of new ones. */
export const withDeliveries = (turn: PendingTurn, stored: PendingTurn | undefined): PendingTurn => ({
  ...turn,
  parts: turn.parts.map((part, index) => {
    const told = stored?.turnId === turn.turnId ? stored.parts[index] : undefined;
    return told?.sid !== undefined && (part.sid ?? told.sid) === told.sid ? { ...part, ...told } : part;
  }),
});

/** Both sides of the turn: the reply's only where a part of it was accepted. */
export function entriesOf({ turn, nowMillis }: CommitInput): readonly NewEntry[] {
  const { turnId, messageSids, combinedBody: content, firstReceivedAt: timestamp, media } = turn;
  const sids = messageSids as UserEntry['messageSids'];
  const files = media.length > 0 ? { media } : {};
  const user: UserEntry = { role: 'user', messageSids: sids, timestamp, content, turnId, ...files };
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
  const told = parts.find(isUndelivered) ?? parts.at(-1);
  const { deliveryStatus, errorCode } = told ?? {};
  return {
    ...(deliveryStatus !== undefined && { deliveryStatus }),
    ...(errorCode !== undefined && { errorCode }),
  };
}

const isUndelivered = ({ deliveryStatus }: TurnPart): boolean => isFailedStatus(deliveryStatus ?? '');

/** What Twilio's report of a part that it gave up makes of the record; the person is told by whoever noted it. */
function failedDelivery(turn: PendingTurn) {
  const part = acceptedParts(turn).find(isUndelivered);
  if (!part) return undefined;
  const code = part.errorCode === undefined ? undefined : Number(part.errorCode);
  return deliveryFailure(code, { status: undefined });
}

/** What else the commit changes, beside what every append under a lease does. */
export function changeOf(input: CommitInput): RecordChange {
  const { conversation, turn, nowMillis, maxTurnsPerHour } = input;
  const { ending, usage } = turn;
  const isReplied = acceptedParts(turn).length > 0;
  const failureReason = isFailure(ending) ? ending?.rule : failedDelivery(turn)?.reason;
  return {
    set: {
      conversation_status: statusOf(input),
      last_user_message_at: turn.lastReceivedAt ?? turn.firstReceivedAt,
      ...(isReplied && { turn_times: turnTimesWith(conversation, nowMillis, maxTurnsPerHour) }),
      ...(ending?.setsOptOut && { opted_out: true, opted_out_at: new Date(nowMillis).toISOString() }),
      failure_reason: failureReason,
      // Never 0: what others know to be complete stays so.
      ...(turn.isComplete && isReplied && { task_complete: 1 }),
    },
    remove: failureReason === undefined ? ['failure_reason'] : [],
    ...(usage && {
      add: {
        total_prompt_tokens: usage.promptTokens,
        total_completion_tokens: usage.completionTokens,
      },
    }),
  };
}

/** An opt-out is the user's will. */
const isFailure = (ending: Ending | undefined): boolean =>
  ending !== undefined && ending.kind !== 'opted_out';

/** After an opt-out the status stands again that stood there before the turn. */
function statusOf({ turn, statusBefore }: CommitInput): string {
  const { ending } = turn;
  if (!ending) return failedDelivery(turn)?.newStatus ?? 'reply_sent';
  if (ending.kind === 'window_closed') return 'window_closed';
  return ending.kind === 'hand_off' ? 'handoff_required' : statusBefore || 'reply_sent';
}
