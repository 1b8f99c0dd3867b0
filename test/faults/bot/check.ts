import { LONG } from '../../../runtime/core/aws-errors.ts';
import { checkExplanations } from './explain.ts';
import { type Acceptance, type EventRecord, isVisible, type Visible } from './observation.ts';
import { LOCK_TTL_SECONDS, type World } from './world.ts';

/** Holds what happened against the guarantee of design §3. Each finding begins with its kind and a colon. */
export function check(world: World, visible: Visible): string[] {
  const events = [...world.events.values()];
  return [
    ...events.flatMap((event) => [
      ...checkDecision(event),
      ...checkArrival(world, event, visible),
      ...checkRepetition(world, event),
      ...checkPartOrder(event),
      ...checkIgnored(event),
      ...(event.told > 1
        ? [`told: the user of ${event.id} was told of the failure ${event.told} times`]
        : []),
    ]),
    ...checkOrder(world, events, visible),
    ...checkExplanations(world),
  ];
}

/** Decided once, and the agent never asked again. */
function checkDecision({ id, decisions, agentRuns, accepted }: EventRecord): string[] {
  const [decision, ...more] = decisions;
  if (!decision) return accepted.length > 0 ? [`decided: ${id} was answered before a reply was stored`] : [];
  const late = agentRuns.filter(({ at }) => at > decision.at);
  const foreign = accepted.filter(({ run, at }) => run !== decision.run || at < decision.at);
  return [
    ...(more.length > 0 ? [`decided: ${id} was decided ${decisions.length} times`] : []),
    ...(late.length > 0 ? [`decided: the agent ran again for ${id} after its reply was stored`] : []),
    ...(accepted.length > 0 && decision.carrierId !== id
      ? [`decided: ${id} was answered apart from its turn`]
      : []),
    ...(foreign.length > 0 ? [`decided: ${id} was answered with something else than its stored reply`] : []),
  ];
}

export const unacceptedParts = ({ message, accepted }: EventRecord): number[] =>
  Array.from({ length: message.parts }, (_, index) => index + 1).filter(
    (part) => !accepted.some((acceptance) => acceptance.part === part),
  );

/** The event that carries a decided one's reply: itself, or the last of its turn. */
export const carrierOf = (world: World, event: EventRecord): EventRecord =>
  world.events.get(event.decisions[0]?.carrierId ?? event.id) ?? event;

/** Every part is accepted, or an operator sees one of the turn's events, or the drop policy ignored it. */
function checkArrival(world: World, event: EventRecord, visible: Visible): string[] {
  const carrier = carrierOf(world, event);
  const turn = [...world.events.values()].filter((other) => carrierOf(world, other) === carrier);
  if (turn.some(({ id }) => isVisible(visible, id))) return [];
  if (!event.handedOff) return [`lost: ${event.id} was never handed off`];
  if (event.decisions.length === 0)
    return event.ignoredBy.length > 0 ? [] : [`lost: ${event.id} was never decided, and nobody sees it`];
  const missing = unacceptedParts(carrier);
  return missing.length > 0 ? [`lost: part ${missing} of ${event.id} never arrived, and nobody sees it`] : [];
}

/** A part is accepted again only after an unclear fault of its own, once per fault, and never under hold. */
function checkRepetition(world: World, event: EventRecord): string[] {
  const hold = world.schedule.scenario.policy === 'hold';
  return repetitions(event).flatMap(([earlier, later]) => {
    if (hold) return [`repeated: part ${later.part} of ${event.id} was sent again under hold`];
    // The provider said so before this worker began: it had only to look.
    const reportedAt = event.reportedAt.get(later.part) ?? Number.POSITIVE_INFINITY;
    if (reportedAt < later.invocation.startedAt && reportedAt > earlier.at)
      return [`repeated: part ${later.part} of ${event.id} was sent again although it was reported`];
    if (isExcused(event, earlier, later)) return [];
    return [`repeated: part ${later.part} of ${event.id} was sent again without an unclear fault`];
  });
}

/** Each acceptance of a part with the one before it. */
export function repetitions(event: EventRecord): [Acceptance, Acceptance][] {
  const pairs: [Acceptance, Acceptance][] = [];
  for (const [index, later] of event.accepted.entries()) {
    const earlier = event.accepted.slice(0, index).findLast(({ part }) => part === later.part);
    if (earlier) pairs.push([earlier, later]);
  }
  return pairs;
}

/** The first answer was lost, or its worker died or could not reach the table between the send and the mark. */
function isExcused({ id, markedAt }: EventRecord, earlier: Acceptance, later: Acceptance): boolean {
  const { invocation, at, part, unclear } = earlier;
  const marked = markedAt.get(part);
  if (marked !== undefined && marked < later.at && invocation !== later.invocation) return false;
  if (unclear) return true;
  // A worker that went on with this reply must have stored the mark before.
  if (invocation.sendsAt.some((send) => send.at > at && send.carrierId === id)) return false;
  // A mark that fails is repeated: only an outage longer than that patience is an excuse.
  const failedMarks = invocation.faultsAt.filter((faultAt) => faultAt > at).length;
  return invocation.status === 'died' || failedMarks >= LONG.maxAttempts;
}

/** The parts of one reply arrive in their order. */
function checkPartOrder(event: EventRecord): string[] {
  const first = firstAcceptances(event);
  const ordered = first.every(
    (acceptance, index) => index === 0 || acceptance.part > (first[index - 1]?.part ?? 0),
  );
  return ordered ? [] : [`order: the parts of ${event.id} arrived as ${first.map(({ part }) => part)}`];
}

const firstAcceptances = ({ accepted }: EventRecord): Acceptance[] =>
  accepted.filter(({ part }, index) => accepted.findIndex((other) => other.part === part) === index);

/** Under merge a record that failed twice lets later ones pass (contract bot §7.6). */
const PASSED_FROM_RECEIVE = 3;

/** In a queue a chat's replies appear in the order in which it took the messages. */
function checkOrder(world: World, events: readonly EventRecord[], visible: Visible): string[] {
  const { mode } = world.schedule.scenario;
  if (mode === 'drop') return [];
  const waiting = events.filter(({ id, queuedAt }) => queuedAt !== undefined && !visible.deadLetters.has(id));
  const firm = waiting.filter(({ receives }) => mode === 'fifo' || receives < PASSED_FROM_RECEIVE);
  return firm.flatMap((first) =>
    waiting
      .filter((second) => second.chatId === first.chatId && (second.queuedAt ?? 0) > (first.queuedAt ?? 0))
      .filter((second) => isOvertaken(carrierOf(world, first), carrierOf(world, second)))
      .map((second) => `order: the reply to ${second.id} came before the end of the reply to ${first.id}`),
  );
}

const isOvertaken = (first: EventRecord, second: EventRecord): boolean =>
  first !== second && (first.accepted.at(-1)?.at ?? 0) > (second.accepted[0]?.at ?? Number.POSITIVE_INFINITY);

/** Ignored only while another message of the chat is worked on, by a lock that has not expired. */
function checkIgnored(event: EventRecord): string[] {
  return event.ignoredBy.flatMap(({ lockSeen }) => {
    if (!lockSeen) return [`lock: ${event.id} was ignored for a lock that was not there`];
    const { item, nowSeconds, inUse } = lockSeen;
    const expiresIn = Number(item.expiresAt?.N ?? 0) - nowSeconds;
    if (expiresIn < 0) return [`lock: ${event.id} was ignored for an expired lock`];
    if (expiresIn > LOCK_TTL_SECONDS) return [`lock: the lock met by ${event.id} outlives its time`];
    if (item.event_id?.S === event.id) return [`lost: ${event.id} was ignored for its own lock`];
    return inUse ? [] : [`lost: ${event.id} was ignored while no other message was worked on`];
  });
}
