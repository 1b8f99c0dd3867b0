import { type Clock, epochSeconds } from '../core/clock.ts';
import { ClaimLostError } from '../core/errors.ts';
import type { HistoryFile, StateChange } from './history-file.ts';
import type { HistoryStore } from './history-store.ts';

/** Until this time (ISO 8601) a person answers the chat in the bot's place (contract bot §11.11). */
export const OWNER_UNTIL = 'owner_until';

/** When a person's take-over ends, milliseconds since 1970; undefined when the value says no time. */
export function ownerUntilMillis(value: string | undefined): number | undefined {
  const millis = Date.parse(value ?? '');
  return Number.isNaN(millis) ? undefined : millis;
}

/** The change that hands the chat to a person until a time (milliseconds since 1970), or back to the bot. */
export const takeOver = (untilMillis: number | undefined): StateChange => ({
  key: OWNER_UNTIL,
  set: untilMillis === undefined ? null : new Date(untilMillis).toISOString(),
});

/** The key of what the chat's model calls cost on a day (`yyyy-mm-dd`), in US dollars. */
export const spendKey = (day: string): string => `spend_${day}`;

/** The day (`yyyy-mm-dd`) of a time in an IANA timezone. */
export function dayIn(timezone: string, nowMillis: number): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(nowMillis);
  return ['year', 'month', 'day'].map((type) => parts.find((part) => part.type === type)?.value).join('-');
}

/** Since this time (ISO 8601) the user has blocked the bot, as far as it knows. */
export const BLOCKED = 'blocked';

/** The change that notes a block: nothing is sent until the user writes again (contract bot §11.11). */
export const blockedBy = (sinceMillis: number): StateChange => ({
  key: BLOCKED,
  set: new Date(sinceMillis).toISOString(),
});

/** The key of the note that another id was to stand for this history; `made`, or `taken` when it has its own. */
export const aliasKey = (id: string): string => `${ALIAS_PREFIX}${id}`;
const ALIAS_PREFIX = 'alias_';

/** The other ids that stand for a history of this state. */
export const aliasesIn = (state: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(state)
    .filter(([key, value]) => key.startsWith(ALIAS_PREFIX) && value === 'made')
    .map(([key]) => key.slice(ALIAS_PREFIX.length));

/** How often a change is tried when turns of the chat save at the same time. */
const MAX_ATTEMPTS = 5;

/**
 * Changes a chat's history by compare-and-swap, beside whatever turn is running (contract bot §7.7). A chat
 * without a history gets one. Throws when the history changed under every attempt.
 */
export async function changeHistory(
  histories: HistoryStore,
  chatId: string,
  change: (file: HistoryFile) => void | Promise<void>,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const history = await histories.open(chatId);
    try {
      await change(history.file);
      if ((await histories.save(history)) === 'stored') return;
    } finally {
      history.discard();
    }
  }
  throw new ClaimLostError("The chat's state could not be changed: its history was saved at the same time");
}

/** Changes a chat's state (contract bot §11.11), as `changeHistory` does. */
export const changeChatState = (
  histories: HistoryStore,
  clock: Clock,
  chatId: string,
  state: readonly StateChange[],
): Promise<void> =>
  changeHistory(histories, chatId, (file) => {
    const times = { nowSeconds: epochSeconds(clock), forgetBeforeSeconds: 0 };
    file.write({ clear: false, rows: [], ledger: [], state }, times);
  });

/** Hands a chat to a person until a time (milliseconds since 1970); undefined gives it back to the bot. */
export const setTakeOver = (
  histories: HistoryStore,
  clock: Clock,
  chatId: string,
  untilMillis: number | undefined,
): Promise<void> => changeChatState(histories, clock, chatId, [takeOver(untilMillis)]);
