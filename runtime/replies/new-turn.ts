import { rowText } from './collect.ts';
import { type PendingTurn, REPLIES_VERSION } from './pending-turn.ts';
import { timeMillis } from './record.ts';
import type { StagedRow } from './staged.ts';
import { turnIdOf } from './turn-id.ts';

/** The turn that answers these rows, in state `collected`. `rows`: in order of arrival, at least one. */
export function newTurn(conversationId: string, rows: readonly StagedRow[], nowMillis: number): PendingTurn {
  const messageSids = rows.map((row) => row.messageSid);
  const createdAt = new Date(nowMillis).toISOString();
  const times = rows.flatMap((row) => timeMillis(row.receivedAt) ?? []);
  const at = (millis: number) => (times.length > 0 ? new Date(millis).toISOString() : createdAt);
  return {
    turnId: turnIdOf(conversationId, messageSids),
    state: 'collected',
    messageSids,
    combinedBody: rows.map(rowText).join('\n'),
    firstReceivedAt: at(Math.min(...times)),
    lastReceivedAt: at(Math.max(...times)),
    media: rows.flatMap((row) => row.media),
    replyText: undefined,
    ending: undefined,
    usage: undefined,
    model: undefined,
    providerRef: undefined,
    parts: [],
    createdAt,
    v: REPLIES_VERSION,
  };
}
