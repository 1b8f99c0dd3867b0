import { dayIn, spendKey } from '../chat-state.ts';
import { partsOf, replyBlocks } from '../reply.ts';
import type { Decider } from './decider.ts';
import { userRows } from './user-row.ts';

/** When the chat has spent the day's limit, a fixed text answers and no model is asked (contract bot §11.11). */
export const decideSpendLimit: Decider = (input) => {
  const { config, clock, timezone, journal } = input;
  const limit = config.spendLimitUsdPerChatDay;
  if (limit === undefined) return undefined;
  const spent = Number(journal.state(spendKey(dayIn(timezone, clock.nowMillis()))) ?? 0);
  if (!(spent >= limit)) return undefined;
  const parts = partsOf(replyBlocks(config.messages.spendLimit), input.job.provider);
  return { parts, rule: 'spend_limit', rows: userRows(input), clear: false };
};
