import { KINDS } from '../../channels/kinds.ts';
import type { Decider } from './decider.ts';
import { userRows } from './user-row.ts';

/** What is worth a row but no answer, a reaction, is stored without running the agent (contract bot §9). */
export const decideNoted: Decider = (input) => {
  if (!input.messages.every(({ message }) => KINDS[message.kind] === 'noted')) return undefined;
  return { parts: [], rule: 'stored', rows: userRows(input), clear: false };
};
