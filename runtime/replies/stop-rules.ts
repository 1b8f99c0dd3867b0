import { OPTED_OUT, TAKEN_OVER, TURN_GUARD, WINDOW_CLOSED } from './ending.ts';
import type { Ending, PendingTurn } from './pending-turn.ts';
import { type Conversation, timeMillis } from './record.ts';

const HOUR_MILLIS = 3_600_000;
const WINDOW_MILLIS = 24 * HOUR_MILLIS;
/** A part must not arrive in the last moments (contract replies §12.4). */
const WINDOW_MARGIN_MILLIS = 5 * 60_000;

/**
 * Why a turn must not be answered by the model, if there is a reason (contract replies §3.2 step 8): a person has
 * the conversation, the user opted out, the window is closed, or the conversation runs too fast to be human.
 */
export function stopBefore(
  conversation: Conversation,
  turn: PendingTurn,
  nowMillis: number,
  maxTurnsPerHour: number,
): Ending | undefined {
  if (conversation.isOptedOut) return OPTED_OUT;
  if (conversation.isHandedOff) return TAKEN_OVER;
  if (isWindowClosed(turn, nowMillis)) return WINDOW_CLOSED;
  return turnsWithinHour(conversation, nowMillis) >= maxTurnsPerHour ? TURN_GUARD : undefined;
}

/** Whether free text can no longer be sent; the newest message of the turn counts. */
export function isWindowClosed(turn: PendingTurn, nowMillis: number): boolean {
  const newest = timeMillis(turn.lastReceivedAt ?? turn.firstReceivedAt);
  return newest !== undefined && nowMillis > newest + WINDOW_MILLIS - WINDOW_MARGIN_MILLIS;
}

/** `turn_times` holds them all; a record that has none yet is counted by its assistant entries. */
function turnsWithinHour({ turnTimes, entries }: Conversation, nowMillis: number): number {
  const since = nowMillis - HOUR_MILLIS;
  const timed = turnTimes.filter((seconds) => seconds * 1000 > since).length;
  const inline = entries.filter(
    ({ role, timestamp }) => role === 'assistant' && (timeMillis(timestamp) ?? 0) > since,
  ).length;
  return Math.max(timed, inline);
}

/** The commits of the last hour with this one, epoch seconds; never more than the guard looks at. */
export function turnTimesWith(
  { turnTimes }: Conversation,
  nowMillis: number,
  maxTurnsPerHour: number,
): readonly number[] {
  const since = (nowMillis - HOUR_MILLIS) / 1000;
  return [...turnTimes.filter((seconds) => seconds > since), Math.floor(nowMillis / 1000)].slice(
    -maxTurnsPerHour,
  );
}
