import { indexesIn } from './plan.ts';

/** A message of a load that was acknowledged. Its place in `LoadOutcome.messages` is its place in time. */
export interface SentMessage {
  readonly index: number;
  readonly eventId: string;
  readonly chatId: string;
}

/** A reply, or a part of one, that the provider took. */
export interface Accepted {
  readonly chatId: string;
  readonly text: string;
  /** The fault that left the sender without an answer, if any. */
  readonly unclear: string | undefined;
}

/** What became of a load. */
export interface LoadOutcome {
  /** Acknowledged messages; those of one chat in the order of their acknowledgement. */
  readonly messages: readonly SentMessage[];
  /** Oldest first. */
  readonly accepted: readonly Accepted[];
  /** Events that an operator sees: dead letters, captured events. */
  readonly visible: ReadonlySet<string>;
  /** Events that the bot ignored under `drop`, as it logged. */
  readonly ignored: ReadonlySet<string>;
  readonly inOrder: boolean;
}

/**
 * Holds a load against the guarantee: every message is answered, or an operator sees it, or it was ignored
 * because another of its chat was worked on. A reply is repeated only after an outcome that was unclear, once for
 * each. With `inOrder` a chat's messages are answered in their order. Each finding begins with its kind.
 */
export function checkLoad(outcome: LoadOutcome): string[] {
  const answers = answersOf(outcome);
  return [
    ...outcome.messages.flatMap((message) => checkAnswered(message, answers, outcome)),
    ...outcome.messages.flatMap((message) => checkRepeated(message, answers)),
    ...checkAddressee(outcome),
    ...(outcome.inOrder ? checkOrder(outcome) : []),
  ];
}

type Answers = ReadonlyMap<number, readonly Accepted[]>;

export function answersOf({ accepted }: Pick<LoadOutcome, 'accepted'>): Answers {
  const answers = new Map<number, Accepted[]>();
  for (const acceptance of accepted)
    for (const index of indexesIn(acceptance.text))
      answers.set(index, [...(answers.get(index) ?? []), acceptance]);
  return answers;
}

function checkAnswered({ index, eventId }: SentMessage, answers: Answers, outcome: LoadOutcome): string[] {
  const known = answers.has(index) || outcome.visible.has(eventId) || outcome.ignored.has(eventId);
  return known ? [] : [`lost: message ${index} (${eventId}) was not answered, and nobody sees it`];
}

function checkRepeated({ index, eventId }: SentMessage, answers: Answers): string[] {
  const given = answers.get(index) ?? [];
  const excuses = given.filter(({ unclear }) => unclear !== undefined).length;
  return given.length > 1 + excuses
    ? [
        `repeated: message ${index} (${eventId}) was answered ${given.length} times, ${excuses} of them unclear`,
      ]
    : [];
}

function checkAddressee({ messages, accepted }: LoadOutcome): string[] {
  const chats = new Map(messages.map(({ index, chatId }) => [index, chatId]));
  return accepted.flatMap(({ chatId, text }) =>
    indexesIn(text)
      .filter((index) => chats.get(index) !== chatId)
      .map((index) => `foreign: chat ${chatId} received the answer to message ${index}`),
  );
}

/** Only what went through an operator's place lets later ones pass. */
function checkOrder({ messages, accepted, visible }: LoadOutcome): string[] {
  const placeOf = new Map<number, number>();
  for (const index of accepted.flatMap(({ text }) => indexesIn(text)))
    if (!placeOf.has(index)) placeOf.set(index, placeOf.size);
  const last = new Map<string, { readonly index: number; readonly place: number }>();
  return messages.flatMap(({ index, chatId, eventId }) => {
    const place = placeOf.get(index);
    if (place === undefined || visible.has(eventId)) return [];
    const before = last.get(chatId);
    if (!before || before.place < place) last.set(chatId, { index, place });
    return before && before.place > place
      ? [`order: message ${index} was answered before message ${before.index} of its chat`]
      : [];
  });
}
