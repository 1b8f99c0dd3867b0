import type { Block, HistoryRow } from '../../runtime/bot/agent.ts';
import { BLOCKED, OWNER_UNTIL, ownerUntilMillis } from '../../runtime/bot/chat-state.ts';
import { blockText } from '../../runtime/bot/reply.ts';
import type { StoredHistory } from '../../runtime/bot/stored-history.ts';
import { asRecord, asText } from '../../runtime/core/json.ts';
import { usageLines, usageOfRow } from './usage.ts';
import type { BlockView, ChatContent, ConversationView, EventView, RowView } from './views.ts';

/** A history as the page shows it: the newest rows, and what is known of all. */
export function conversationView(chatId: string, stored: StoredHistory, limit: number): ConversationView {
  const { key, body, state, chatIds } = stored;
  return {
    chatId,
    aliases: chatIds.filter((id) => id !== chatId),
    key,
    bytes: body.byteLength,
    ...contentOf(stored),
    shown: rowViews(stored.rows).slice(-limit),
    events: stored.ledger.map(eventView),
    state,
  };
}

/** What the list of chats tells of a history. */
export function contentOf({ rows, state, chatIds }: StoredHistory): ChatContent {
  const owner = ownerUntilMillis(state[OWNER_UNTIL]);
  const last = rows.at(-1);
  const spendDay = Object.keys(state)
    .filter((name) => name.startsWith('spend_'))
    .sort()
    .at(-1);
  return {
    rows: rows.length,
    ...(last && { lastRowAt: utc(last.timestamp) }),
    ...(owner !== undefined && { ownerUntil: new Date(owner).toISOString() }),
    isBlocked: state[BLOCKED] !== undefined,
    ...(spendDay && { spend: { day: spendDay.slice('spend_'.length), usd: Number(state[spendDay]) } }),
    usage: usageLines(rows, chatIds[0] ?? ''),
  };
}

/** SQLite's time, which is UTC and does not say so, as ISO 8601. */
export function utc(timestamp: string): string {
  const text = /[Zz]|[+-]\d\d:?\d\d$/.test(timestamp) ? timestamp : `${timestamp.replace(' ', 'T')}Z`;
  const millis = Date.parse(text);
  return Number.isNaN(millis) ? timestamp : new Date(millis).toISOString();
}

/** What the row of a user says of its message (contract bot §11.4). */
export const userMessageOf = ({ blocks }: HistoryRow) => asRecord(asRecord(blocks[0]?.metadata).user_message);

/** A row belongs to the event of the user's row before it. */
export function rowViews(rows: readonly HistoryRow[]): RowView[] {
  let current: string | undefined;
  return rows.map((row) => {
    const user = userMessageOf(row);
    if (row.type === 'user') current = asText(user.event_id);
    const messageId = asText(user.message_id);
    const usage = usageOfRow(row);
    // What a person or a program sent by itself answers no event.
    const eventId = row.type === 'developer' ? undefined : current;
    return {
      number: row.msgNumber,
      role: row.role,
      type: row.type,
      at: utc(row.timestamp),
      ...(row.model !== null && { model: row.model }),
      blocks: row.blocks.map(blockView),
      ...(usage && { usage }),
      ...(eventId !== undefined && { eventId }),
      ...(messageId !== undefined && { messageId }),
    };
  });
}

const blockView = ({ type, content, metadata }: Block): BlockView => ({
  type,
  ...(type === 'text' && { text: blockText(content) }),
  content,
  ...(metadata !== undefined && { metadata }),
});

const eventView = (row: StoredHistory['ledger'][number]): EventView => ({
  eventId: row.eventId,
  rule: row.rule,
  decidedAt: new Date(row.decidedAtSeconds * 1000).toISOString(),
  sentAt: row.sentAt,
  attempt: row.attempt,
  ...(row.carriedBy !== undefined && { carriedBy: row.carriedBy }),
  parts: row.parts,
});
