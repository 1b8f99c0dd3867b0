import type { Usage } from './agent.ts';
import { spendKey } from './chat-state.ts';
import type { NewRow, StateChange } from './history-file.ts';

/** Sums what a turn's model calls used. */
export class UsageCounter {
  private sum: Usage | undefined;

  /** The sum so far; undefined when no model was asked. Its model is the one that was asked last. */
  get total(): Usage | undefined {
    return this.sum;
  }

  readonly count = (usage: Usage): void => {
    const costs = [this.sum?.costUsd, usage.costUsd].filter((cost) => cost !== undefined);
    this.sum = {
      model: usage.model,
      tokensIn: (this.sum?.tokensIn ?? 0) + usage.tokensIn,
      tokensOut: (this.sum?.tokensOut ?? 0) + usage.tokensOut,
      ...(costs.length > 0 && { costUsd: costs.reduce((total, cost) => total + cost, 0) }),
    };
  };
}

/** Tokens and US dollars, as rows and log lines name them; what has no known price has no cost. */
export const usageFields = ({ tokensIn, tokensOut, costUsd }: Usage) => ({
  tokens_in: tokensIn,
  tokens_out: tokensOut,
  ...(costUsd !== undefined && { cost_usd: costUsd }),
});

/** A model's row says which model spoke, and its first block what that used (contract bot §11.4, §11.5). */
export function withUsage(row: NewRow, usage: Usage | undefined): NewRow {
  const [first, ...rest] = row.blocks;
  if (!usage || !first) return row;
  const marked = { ...first, metadata: { ...first.metadata, usage: usageFields(usage) } };
  return { ...row, blocks: [marked, ...rest], model: usage.model };
}

/** What the turn adds to the chat's spending of a day (`yyyy-mm-dd`). */
export const spendingOf = (usage: Usage | undefined, day: string): StateChange[] =>
  usage?.costUsd === undefined ? [] : [{ key: spendKey(day), add: usage.costUsd }];
