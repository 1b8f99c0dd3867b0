import type { ListedMessage } from '../channels/twilio/list.ts';

/** A part that was begun and whose outcome nobody noted. */
export interface UnclearPart {
  readonly text: string;
  readonly sendStartedMillis: number;
}

/** Clocks differ, and Twilio tells its times to the second. */
const CLOCK_MARGIN_MILLIS = 30_000;

/** Messages made before this are none of an unclear send's (contract replies §12.5). */
export const createdSinceMillis = ({ sendStartedMillis }: UnclearPart): number =>
  sendStartedMillis - CLOCK_MARGIN_MILLIS;

/**
 * The message that the unclear send made, among those that Twilio lists: its text, not made before the send, and not
 * one that the record knows, since the same text may have been sent before. Undefined when there is none.
 */
export function findSent(
  listed: readonly ListedMessage[],
  part: UnclearPart,
  knownSids: ReadonlySet<string>,
): string | undefined {
  const since = createdSinceMillis(part);
  return listed.find(
    ({ sid, body, createdMillis }) =>
      createdMillis >= since && !knownSids.has(sid) && body.trim() === part.text.trim(),
  )?.sid;
}
