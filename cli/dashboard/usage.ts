import type { HistoryRow } from '../../runtime/bot/agent.ts';
import { recordedUsage } from '../../runtime/bot/replay/recorded-usage.ts';
import { asRecord, asText } from '../../runtime/core/json.ts';
import { addUsage } from './sums.ts';
import type { UsageLine, UsageSum } from './views.ts';

/** What a row's model calls used; undefined for a row that no model wrote. */
export function usageOfRow(row: HistoryRow): UsageSum | undefined {
  const usage = recordedUsage(row);
  if (!usage) return undefined;
  const { tokensIn, tokensOut, costUsd } = usage;
  return { messages: 1, tokensIn, tokensOut, ...(costUsd !== undefined && { costUsd }) };
}

/** A chat's usage by user, day and model. What a model wrote counts for the user who was answered. */
export function usageLines(rows: readonly HistoryRow[], chatId: string): UsageLine[] {
  const groups = new Map<string, { readonly first: UsageLine; readonly sums: UsageSum[] }>();
  let userId = chatId;
  for (const row of rows) {
    const user = asRecord(asRecord(row.blocks[0]?.metadata).user_message);
    if (row.type === 'user') userId = asText(user.user_id) ?? chatId;
    const usage = usageOfRow(row);
    if (!usage) continue;
    const line = { ...usage, day: row.timestamp.slice(0, 10), userId, model: row.model ?? 'unknown' };
    const name = JSON.stringify([line.day, line.userId, line.model]);
    const group = groups.get(name) ?? { first: line, sums: [] };
    group.sums.push(usage);
    groups.set(name, group);
  }
  return [...groups.values()].map(({ first: { day, userId: user, model }, sums }) => ({
    day,
    userId: user,
    model,
    ...addUsage(sums),
  }));
}
