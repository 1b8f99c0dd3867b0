import type { UsageSum } from './views.ts';

/** The sum of several; without a known price in any, without a cost. */
export function addUsage(sums: readonly UsageSum[]): UsageSum {
  const costs = sums.flatMap(({ costUsd }) => costUsd ?? []);
  const sum = (pick: (usage: UsageSum) => number) => sums.reduce((total, usage) => total + pick(usage), 0);
  return {
    messages: sum(({ messages }) => messages),
    tokensIn: sum(({ tokensIn }) => tokensIn),
    tokensOut: sum(({ tokensOut }) => tokensOut),
    ...(costs.length > 0 && { costUsd: costs.reduce((total, cost) => total + cost, 0) }),
  };
}
