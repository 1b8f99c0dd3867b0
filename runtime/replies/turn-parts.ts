import { TwilioError } from '../channels/twilio/errors.ts';
import { SMALL_PART_UNITS, splitReply } from '../channels/twilio/split.ts';
import { type PendingTurn, partData, partPath, type TurnPart } from './pending-turn.ts';
import type { RecordChange } from './record-change.ts';

/** The turn with one of its parts changed; parts count from 1. */
export const withPart = (turn: PendingTurn, number: number, change: Partial<TurnPart>): PendingTurn => ({
  ...turn,
  parts: turn.parts.map((part, index) => (index === number - 1 ? { ...part, ...change } : part)),
});

/** The texts of a part that Twilio found too long and of those behind it, cut smaller; undefined when that is no way. */
export function smallerTexts(
  error: unknown,
  { parts }: PendingTurn,
  from: number,
  maxParts: number,
): readonly string[] | undefined {
  if (!(error instanceof TwilioError) || error.reason !== 'too_long') return undefined;
  const rest = parts.slice(from - 1).map(({ text }) => text);
  const smaller = splitReply(rest.join(''), SMALL_PART_UNITS);
  return from - 1 + smaller.length > maxParts ? undefined : smaller;
}

/** Other texts from a part on: those before it may have been changed by status callbacks meanwhile, and stay. */
export function replaceFrom(turn: PendingTurn, from: number, texts: readonly string[]) {
  const { parts } = turn;
  const fresh = texts.map((text) => ({ text }));
  const surplus = parts.slice(from - 1 + texts.length).map((_, at) => partPath(from + texts.length + at));
  const change: RecordChange = {
    set: Object.fromEntries(fresh.map((part, at) => [partPath(from + at), partData(part)])),
    remove: surplus,
  };
  return { turn: { ...turn, parts: [...parts.slice(0, from - 1), ...fresh] }, change };
}
