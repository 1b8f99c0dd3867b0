import { plainItem } from '../../../runtime/core/dynamodb-values.ts';
import { checkTurns } from './check-turns.ts';
import type { Chat, Inbound } from './observation.ts';
import { entriesOf, handedOver, hasLiveLock, type StoredEntry, stagedSids } from './stored.ts';
import type { World } from './world.ts';

/** What stands at rest, before any operator acts: nothing is lost, and what waits is seen. */
export function checkAtRest(world: World, isDead: (chat: number) => boolean): string[] {
  return [...world.chats.values()].flatMap((chat) => {
    const entries = entriesOf(world, chat.number);
    const staged = new Set(stagedSids(world, chat.number));
    const waits = inboundOf(world, chat).filter(({ isKnown, sid }) => isKnown && !isRecorded(entries, sid));
    const lost = waits.filter(({ sid }) => !staged.has(sid));
    const unseen = isDead(chat.number) ? [] : waits.filter(({ sid }) => staged.has(sid));
    return [
      ...lost.map(({ sid }) => `lost: ${short(sid)} was taken and is neither recorded nor staged`),
      ...unseen.map(({ sid }) => `stuck: ${short(sid)} waits, and nobody sees it`),
      ...(world.schedule.scenario.isUnswept ? waits : []).map(
        ({ sid }) => `lost: ${short(sid)} needs the sweeper, though nothing failed`,
      ),
    ];
  });
}

/** What must be true in the end, after everything that failed was tried again. Each finding begins with its kind. */
export function checkAtEnd(world: World): string[] {
  const handed = handedOver(world);
  return [...world.chats.values()].flatMap((chat) => {
    const entries = entriesOf(world, chat.number);
    return [
      ...checkMessages(world, chat, entries, handed),
      ...checkTurns(world, chat, entries, handed),
      ...checkOrder(world, chat, entries),
      ...checkNothingLeft(world, chat),
      ...checkConfirmations(world, chat),
    ];
  });
}

const inboundOf = (world: World, chat: Chat): readonly Inbound[] =>
  [...world.inbound.values()].filter(({ message }) => message.chat === chat.number);

const short = (sid: string): string => `message ${Number(sid.slice(2))}`;

const isRecorded = (entries: readonly StoredEntry[], sid: string): boolean =>
  entries.some(({ role, messageSids }) => role === 'user' && messageSids.includes(sid));

/** Every message that was taken is in one user entry, and a person has those that are for a person. */
function checkMessages(
  world: World,
  chat: Chat,
  entries: readonly StoredEntry[],
  handed: ReadonlySet<string>,
): string[] {
  return inboundOf(world, chat).flatMap(({ sid, isKnown, route }) => {
    const count = entries.filter(
      ({ role, messageSids }) => role === 'user' && messageSids.includes(sid),
    ).length;
    return [
      ...(isKnown && count === 0 ? [`lost: ${short(sid)} is in no entry`] : []),
      ...(count > 1 ? [`decided: ${short(sid)} is in ${count} entries`] : []),
      ...(route === 'human' && !handed.has(sid) ? [`lost: no person was told of ${short(sid)}`] : []),
    ];
  });
}

/** An opt-out is confirmed once at most; of two STOPs at the same moment each may believe to be the first. */
function checkConfirmations(world: World, chat: Chat): string[] {
  const { confirmations, optOuts } = chat;
  const stops = inboundOf(world, chat).filter(({ message }) => message.kind === 'stop');
  const never = Number.POSITIVE_INFINITY;
  const twins = stops.filter((stop) =>
    stops.some(
      (other) =>
        other !== stop &&
        (other.sentAt ?? never) < (stop.acknowledgedAt ?? never) &&
        (stop.sentAt ?? never) < (other.acknowledgedAt ?? never),
    ),
  );
  const allowed = Math.min(stops.length, optOuts + twins.length);
  return confirmations > allowed ? [`opted-out: ${confirmations} confirmations of ${optOuts} opt-outs`] : [];
}

/** Messages that came one after the other stand so, within a turn and over turns. */
function checkOrder(world: World, chat: Chat, entries: readonly StoredEntry[]): string[] {
  const users = entries.filter(({ role, turnId }) => role === 'user' && turnId !== undefined);
  const placeOf = (sid: string) => users.findIndex(({ messageSids }) => messageSids.includes(sid));
  const inTurns = inboundOf(world, chat).filter(({ sid }) => placeOf(sid) >= 0);
  const across = inTurns.flatMap((first) =>
    inTurns
      .filter(({ sentAt }) => (first.acknowledgedAt ?? Number.POSITIVE_INFINITY) < (sentAt ?? 0))
      .filter(({ sid }) => placeOf(sid) < placeOf(first.sid))
      .map(({ sid }) => `order: ${short(sid)} is answered before ${short(first.sid)}`),
  );
  const within = users.filter(({ messageSids }) => {
    const keys = messageSids.map((sid) => {
      const { receivedAt = '', receivedSeq = '' } = world.inbound.get(sid) ?? {};
      return `${receivedAt} ${receivedSeq}`;
    });
    return keys.some((key, index) => key < (keys[index - 1] ?? ''));
  });
  return [...across, ...within.map(({ turnId }) => `order: the messages of turn ${turnId} are mixed up`)];
}

/** The conversation is free, and no row, trigger, lease or lock is left of it. */
function checkNothingLeft(world: World, chat: Chat): string[] {
  const { number } = chat;
  const data = plainItem(world.record(number));
  const left = [
    'pending_turn',
    'lock_owner',
    'lock_expires_at',
    'turn_attempts',
    'status_before_lock',
  ].filter((name) => data[name] !== undefined);
  const status = String(data.conversation_status);
  const rows = stagedSids(world, number).length;
  return [
    ...left.map((name) => `stuck: chat ${number} still has ${name}`),
    ...(['processing_reply', 'retry', 'processing_error'].includes(status)
      ? [`stuck: chat ${number} has the status ${status}`]
      : []),
    ...(rows > 0 ? [`stuck: chat ${number} still has ${rows} staged rows`] : []),
    ...(hasLiveLock(world, number) ? [`stuck: chat ${number} still has a trigger lock`] : []),
  ];
}
