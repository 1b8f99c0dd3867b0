import type { LogEvidence } from '../../core/trace/reading.ts';
import type { Entry } from '../entry.ts';
import type { Conversation } from '../record.ts';
import type { StagedRow } from '../staged.ts';
import type { HumanEvidence, LetterEvidence, LockEvidence } from './sources.ts';

/** What the sources know of one conversation, or of a message that none was found for. */
export interface ConversationEvidence {
  /** Oldest first. */
  readonly lines: readonly LogEvidence[];
  readonly conversation?: Conversation;
  /** Archived ones, then those of the record. */
  readonly entries: readonly Entry[];
  readonly rows: readonly StagedRow[];
  readonly locks?: LockEvidence;
  readonly letters: readonly LetterEvidence[];
  readonly humans: readonly HumanEvidence[];
  readonly nowMillis: number;
}

/** The part of it that is about one message. */
export interface MessageEvidence extends ConversationEvidence {
  readonly messageSid: string;
  readonly turnId: string | undefined;
  /** Lines about the message or its turn, and those of triggers that waited meanwhile. */
  readonly own: readonly LogEvidence[];
  readonly row: StagedRow | undefined;
  readonly entry: Entry | undefined;
  readonly reply: Entry | undefined;
}

/** Chooses what is about one message. */
export function messageEvidence(messageSid: string, from: ConversationEvidence): MessageEvidence {
  const { lines, rows, entries, conversation, humans } = from;
  const entry = entries.find((one) => one.role === 'user' && isOf(one, messageSid));
  const pending = conversation?.pendingTurn;
  const claimed = lines.filter(
    ({ message, fields }) => message === 'turn_claimed' && namesSid(fields.message_sids, messageSid),
  );
  const turnId =
    text(claimed.at(-1)?.fields.turn_id) ??
    (pending?.messageSids.includes(messageSid) ? pending.turnId : undefined) ??
    entry?.turnId;
  const reply =
    turnId === undefined ? undefined : entries.find((one) => one.role !== 'user' && one.turnId === turnId);
  return {
    ...from,
    messageSid,
    turnId,
    own: ownLines(messageSid, turnId, lines, reply?.partSids ?? []),
    row: rows.find((row) => row.messageSid === messageSid),
    entry,
    reply,
    humans: humans.filter(({ messageSids }) => messageSids.includes(messageSid)),
  };
}

const isOf = ({ messageId, messageSids }: Entry, sid: string): boolean =>
  messageId === sid || messageSids.includes(sid);

const namesSid = (value: unknown, sid: string): boolean => Array.isArray(value) && value.includes(sid);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Lines of a conversation that are about no turn; they belong to whoever waited at that moment. */
const OF_WAITING: ReadonlySet<string> = new Set([
  'trigger_deferred',
  'orphans_swept',
  'follow_up_triggered',
  'staged_without_record',
  'turn_failed',
  'operator_needed',
  'lease_lost',
]);

function ownLines(
  sid: string,
  turnId: string | undefined,
  lines: readonly LogEvidence[],
  partSids: readonly string[],
): readonly LogEvidence[] {
  const isDirect = ({ fields }: LogEvidence) =>
    fields.message_sid === sid ||
    namesSid(fields.message_sids, sid) ||
    (turnId !== undefined && fields.turn_id === turnId) ||
    partSids.includes(String(fields.message_sid));
  const direct = lines.filter(isDirect);
  const startMillis = direct[0]?.atMillis ?? 0;
  const endMillis =
    direct.find(({ message }) => message === 'turn_finished' || message === 'message_recorded')?.atMillis ??
    Number.POSITIVE_INFINITY;
  return lines.filter(
    (line) =>
      isDirect(line) ||
      (OF_WAITING.has(line.message) &&
        line.fields.turn_id === undefined &&
        line.atMillis >= startMillis &&
        line.atMillis <= endMillis),
  );
}
