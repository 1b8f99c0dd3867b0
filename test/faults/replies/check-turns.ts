import type { Acceptance, Chat, Turn } from './observation.ts';
import type { StoredEntry } from './stored.ts';
import type { World } from './world.ts';

/** When Twilio's list is asked about an unclear send: so long after it began. */
const GRACE_MILLIS = 60_000;

/** Each turn has its entries once, every part arrived once, and a person has what was not answered. */
export function checkTurns(
  world: World,
  chat: Chat,
  entries: readonly StoredEntry[],
  handed: ReadonlySet<string>,
): string[] {
  const known = new Set(chat.turns.map(({ id }) => id));
  const unknown = entries.filter(({ turnId }) => turnId !== undefined && !known.has(turnId));
  return [
    ...chat.turns.flatMap((turn) => [
      ...checkEntries(turn, entries),
      ...checkParts(world, turn, entries),
      ...checkRepetitions(world, turn),
      ...checkHandOff(turn, entries, handed),
    ]),
    ...checkReplyOrder(chat),
    ...unknown.map(({ turnId }) => `decided: turn ${turnId} was recorded and never begun`),
  ];
}

const entryOf = (turn: Turn, entries: readonly StoredEntry[], role: string) =>
  entries.filter((entry) => entry.role === role && entry.turnId === turn.id);

/** One user entry and at most one reply, behind it. */
function checkEntries(turn: Turn, entries: readonly StoredEntry[]): string[] {
  const users = entryOf(turn, entries, 'user');
  const replies = entryOf(turn, entries, 'assistant');
  const [user] = users;
  const [reply] = replies;
  const isBehind = !user || !reply || entries.indexOf(reply) === entries.indexOf(user) + 1;
  return [
    ...(users.length === 1 ? [] : [`decided: turn ${turn.id} has ${users.length} user entries`]),
    ...(replies.length <= 1 ? [] : [`decided: turn ${turn.id} has ${replies.length} assistant entries`]),
    ...(isBehind ? [] : [`order: the reply of ${turn.id} does not stand behind its messages`]),
  ];
}

/** Every part that Twilio took is in the record, and every part of a reply was taken unless the turn ended otherwise. */
function checkParts(world: World, turn: Turn, entries: readonly StoredEntry[]): string[] {
  const [reply] = entryOf(turn, entries, 'assistant');
  const recorded = reply?.partSids ?? [];
  const isForeignStatus = reply?.deliveryStatus !== undefined && !recorded.some((sid) => turn.told.has(sid));
  const foreign = recorded.filter((sid) => !turn.accepted.some((acceptance) => acceptance.sid === sid));
  const numbers = turn.parts.map((_, index) => index + 1);
  const findings = numbers.flatMap((part) => {
    const accepted = turn.accepted.filter((acceptance) => acceptance.part === part);
    const isRecorded = accepted.some(({ sid }) => recorded.includes(sid));
    if (accepted.length === 0)
      return turn.ending ? [] : [`lost: part ${part} of ${turn.id} never arrived, and no person was told`];
    // What Twilio's list hid when it was asked, nobody could record.
    return isRecorded || world.schedule.scenario.listLagMillis >= GRACE_MILLIS
      ? []
      : [`lost: part ${part} of ${turn.id} arrived and is not in the record`];
  });
  return [
    ...findings,
    ...(isForeignStatus ? [`decided: turn ${turn.id} records what became of none of its messages`] : []),
    ...foreign.map((sid) => `decided: turn ${turn.id} records ${sid}, which is none of its parts`),
  ];
}

/** A part is accepted again only where Twilio's list could not tell that it was there, and never under hold. */
function checkRepetitions(world: World, turn: Turn): string[] {
  const { policy, listLagMillis } = world.schedule.scenario;
  return repetitions(turn).flatMap(([earlier, later]) => {
    const name = `part ${later.part} of ${turn.id}`;
    if (policy === 'hold') return [`repeated: ${name} was sent again under hold`];
    // The callback had brought its sid into the record before this part was begun again.
    const reportedAt = turn.reportedAt.get(earlier.sid) ?? Number.POSITIVE_INFINITY;
    if (reportedAt < later.begunBefore) return [`repeated: ${name} was sent again although it was reported`];
    const listedAt = earlier.atMillis + listLagMillis;
    return listedAt <= later.atMillis - LIST_TO_SEND_MILLIS
      ? [`repeated: ${name} was sent again although Twilio's list had it`]
      : [];
  });
}

/** Between a look into the list and the send that follows it. */
const LIST_TO_SEND_MILLIS = 30_000;

/** Each acceptance of a part with the one before it. */
export function repetitions(turn: Turn): [Acceptance, Acceptance][] {
  return turn.accepted.flatMap((later, index) => {
    const earlier = turn.accepted.slice(0, index).findLast(({ part }) => part === later.part);
    return earlier ? [[earlier, later] as [Acceptance, Acceptance]] : [];
  });
}

/** Whatever was not answered whole has a person, but for users who opted out. */
function checkHandOff(turn: Turn, entries: readonly StoredEntry[], handed: ReadonlySet<string>): string[] {
  const isOurs = turn.ending && turn.ending.kind !== 'opted_out';
  const untold = isOurs ? turn.sids.filter((sid) => !handed.has(sid)) : [];
  const [reply] = entryOf(turn, entries, 'assistant');
  const givenUp = [...turn.givenUp].filter((sid) => reply?.partSids.includes(sid));
  // One reply, one call for a person.
  const given = givenUp.some((sid) => handed.has(sid)) ? [] : givenUp;
  return [
    ...(untold.length > 0 ? [`lost: no person was told of turn ${turn.id} (${turn.ending?.rule})`] : []),
    ...given.map((sid) => `lost: no person was told that ${sid} of ${turn.id} was not delivered`),
  ];
}

/** Parts arrive in their order, and replies in the order of their turns. */
function checkReplyOrder({ turns }: Chat): string[] {
  const firsts = turns.flatMap((turn) =>
    turn.accepted.filter(
      ({ part }, index) => turn.accepted.findIndex((other) => other.part === part) === index,
    ),
  );
  const isOrdered = firsts.every(({ at }, index) => at > (firsts[index - 1]?.at ?? -1));
  const parts = turns.filter(({ accepted }) => {
    const first = accepted.filter(
      ({ part }, index) => accepted.findIndex((other) => other.part === part) === index,
    );
    return first.some(({ part }, index) => part < (first[index - 1]?.part ?? 0));
  });
  return [
    ...(isOrdered ? [] : ['order: a reply arrived before the end of the one before it']),
    ...parts.map(({ id }) => `order: the parts of ${id} arrived in another order`),
  ];
}
