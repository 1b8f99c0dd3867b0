import { BLOCKED, blockedBy } from '../chat-state.ts';
import type { StateChange } from '../history-file.ts';
import type { DecideInput, Decider } from './decider.ts';
import { userRows } from './user-row.ts';

/** The user blocked the bot, or a group removed it (contract bot §8, `my_chat_member`). */
export const decideBlocking: Decider = ({ message, job }) => {
  if (message.kind !== 'blocked') return undefined;
  const state = [blockedBy(Date.parse(job.sent_at))];
  return { parts: [], rule: 'blocked', rows: [], clear: false, state };
};

/** What the user wrote before blocking the bot is stored and not answered (contract bot §11.11). */
export const decideBlocked: Decider = (input) => {
  const blocked = input.journal.state(BLOCKED);
  if (blocked === undefined || wroteAfter(blocked, input)) return undefined;
  return { parts: [], rule: 'blocked', rows: userRows(input), clear: false };
};

/** Who writes again has unblocked the bot. */
export function unblocking(input: DecideInput): readonly StateChange[] {
  const blocked = input.journal.state(BLOCKED);
  const isOver = blocked !== undefined && input.message.kind !== 'blocked' && wroteAfter(blocked, input);
  return isOver ? [{ key: BLOCKED, set: null }] : [];
}

const wroteAfter = (blocked: string, { messages }: DecideInput) =>
  messages.some(({ job }) => Date.parse(job.sent_at) > Date.parse(blocked));
