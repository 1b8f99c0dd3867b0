import { OWNER_UNTIL, ownerUntilMillis } from '../chat-state.ts';
import type { Decider } from './decider.ts';
import { userRows } from './user-row.ts';

/** While a person has the chat, messages are stored: no agent runs and nothing is sent (contract bot §11.11). */
export const decideTakenOver: Decider = (input) => {
  const untilMillis = ownerUntilMillis(input.journal.state(OWNER_UNTIL));
  if (untilMillis === undefined || input.clock.nowMillis() >= untilMillis) return undefined;
  return { parts: [], rule: 'taken_over', rows: userRows(input), clear: false };
};
