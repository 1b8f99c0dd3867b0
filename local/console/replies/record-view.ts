import { asNumber, asRecord, asText } from '../../../runtime/core/json.ts';
import { type Entry, readUsage } from '../../../runtime/replies/entry.ts';
import type { PendingTurn } from '../../../runtime/replies/pending-turn.ts';
import type { Conversation } from '../../../runtime/replies/record.ts';
import type { StagedRow } from '../../../runtime/replies/staged.ts';
import type { EntryView, PendingTurnView, RecordView, StagedRowView } from './model.ts';

/** How a text is shown: as it is, or with its numbers masked. */
export type Shown = (text: string) => string;

/** A record as the page shows it. */
export function recordView(
  conversation: Conversation,
  lockUntilSeconds: number | undefined,
  shown: Shown,
): RecordView {
  const { data, lockExpiresAtSeconds, lockOwner, lockFence, pendingTurn, entries } = conversation;
  const reason = asText(data.hand_off_to_human_reason);
  const failure = asText(data.failure_reason);
  const stored = Array.isArray(data.messages) ? data.messages : [];
  return {
    conversationId: shown(conversation.conversationId),
    status: conversation.status ?? 'none',
    updatedAt: conversation.updatedAt ?? '',
    isHandedOff: conversation.isHandedOff,
    isOptedOut: conversation.isOptedOut,
    handOffReason: reason && shown(reason),
    failureReason: failure && shown(failure),
    turnAttempts: conversation.turnAttempts,
    archivedCount: conversation.archivedCount,
    lease:
      lockOwner === undefined || lockExpiresAtSeconds === undefined
        ? undefined
        : { owner: lockOwner.slice(0, 8), fence: lockFence, expiresAtMillis: lockExpiresAtSeconds * 1000 },
    pendingTurn: pendingTurn && pendingTurnView(pendingTurn, shown),
    lockUntilMillis: lockUntilSeconds === undefined ? undefined : lockUntilSeconds * 1000,
    entries: entries.map((entry, at) => entryView(entry, conversation.archivedCount + at, stored[at], shown)),
  };
}

function entryView(entry: Entry, number: number, stored: unknown, shown: Shown): EntryView {
  const { totalTokens } = readUsage(stored);
  const code = asRecord(stored).error_code;
  return {
    key: `${number} ${entry.messageId ?? ''}`,
    role: entry.role,
    at: entry.timestamp ?? '',
    text: shown(entry.content),
    deliveryStatus: entry.deliveryStatus,
    errorCode: asText(code) ?? asNumber(code)?.toString(),
    tokens: totalTokens || undefined,
  };
}

const pendingTurnView = ({ turnId, state, parts }: PendingTurn, shown: Shown): PendingTurnView => ({
  turnId,
  state,
  parts: parts.map(({ text, sid, sendStartedAt }) => ({
    text: shown(text),
    sid,
    begun: sendStartedAt !== undefined,
  })),
});

export const stagedView = (
  { messageSid, receivedAt, route, body, media }: StagedRow,
  shown: Shown,
): StagedRowView => ({
  messageSid,
  receivedAt,
  route,
  text: shown(body) || `${media.length} media`,
});
