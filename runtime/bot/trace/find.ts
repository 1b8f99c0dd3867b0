import type { LogEvidence, SourceReader } from '../../core/trace/reading.ts';
import type { CapturedEvent } from '../captured-events.ts';
import type { LetterEvidence } from './evidence.ts';
import type { TraceSource } from './model.ts';
import type { TraceSources } from './sources.ts';

/** What an id that was asked for turned out to be, and what was seen on the way. */
export interface Finding {
  readonly matched: 'event' | 'message' | 'chat';
  readonly subjects: readonly Subject[];
  readonly lines: readonly LogEvidence[];
  readonly deadLetters: readonly LetterEvidence[];
  /** All of the chat's; absent when each event's are still to be read. */
  readonly captured?: readonly CapturedEvent[];
}

/** One event to be explained. */
export interface Subject {
  /** As it stands in the log. */
  readonly loggedId: string;
  readonly eventId?: string;
  readonly chatId?: string;
}

export const loggedIdOf = (eventId: string, { provider, hash }: TraceSources): string =>
  provider === 'whatsapp' ? hash(eventId) : eventId;

/** Asks every source for the id: is it an event, a message or a chat? Undefined when nobody knows it. */
export async function find(
  id: string,
  sinceMillis: number,
  sources: TraceSources,
  reader: SourceReader<TraceSource>,
): Promise<Finding | undefined> {
  const loggedId = loggedIdOf(id, sources);
  const query = { event_id: [loggedId], message_id: [id, sources.hash(id)], chat_id: [sources.hash(id)] };
  const [lines, deadLetters, item, captured, history] = await Promise.all([
    reader.readSome('log', [], () => sources.lines(query, sinceMillis)),
    reader.readSome('dead letters', [], () => sources.deadLetters()),
    reader.read('delivery item', undefined, () => sources.delivery(id)),
    reader.readSome('captured events', [], () => sources.captured(sinceMillis, id)),
    reader.read('history', undefined, () => sources.history(id)),
  ]);
  const isEvent =
    lines.some(({ fields }) => fields.event_id === loggedId) ||
    item !== undefined ||
    deadLetters.some(({ eventId }) => eventId === id) ||
    captured.some(({ eventId }) => eventId === id);
  const seen = { lines, deadLetters };
  if (isEvent) return { matched: 'event', subjects: [{ loggedId, eventId: id }], ...seen };
  const ofMessage = lines.filter(({ fields }) => query.message_id.includes(String(fields.message_id)));
  const loggedIds = [
    ...ofMessage.flatMap(({ fields }) => (typeof fields.event_id === 'string' ? fields.event_id : [])),
    ...captured.flatMap(({ eventId }) => (eventId === undefined ? [] : loggedIdOf(eventId, sources))),
  ];
  if (loggedIds.length > 0)
    return ofMessageFound(loggedIds, captured, sinceMillis, sources, reader, deadLetters);
  const isChat = history !== undefined || lines.length > 0 || deadLetters.some(({ chatId }) => chatId === id);
  return isChat ? ofChat(id, sinceMillis, sources, reader, seen) : undefined;
}

async function ofMessageFound(
  loggedIds: readonly string[],
  captured: readonly CapturedEvent[],
  sinceMillis: number,
  sources: TraceSources,
  reader: SourceReader<TraceSource>,
  deadLetters: readonly LetterEvidence[],
): Promise<Finding> {
  const known = captured.flatMap(({ eventId, chatId }) =>
    eventId === undefined ? [] : [{ eventId, chatId }],
  );
  const subjects = [...new Set(loggedIds)].map((loggedId): Subject => {
    const clear = known.find(({ eventId }) => loggedIdOf(eventId, sources) === loggedId);
    const eventId = sources.provider === 'telegram' ? loggedId : clear?.eventId;
    return { loggedId, ...(eventId !== undefined && { eventId }) };
  });
  const query = { event_id: subjects.map(({ loggedId }) => loggedId) };
  const lines = await reader.readSome('log', [], () => sources.lines(query, sinceMillis));
  return { matched: 'message', subjects, lines, deadLetters };
}

/** Everything of a chat: what its log lines, its ledger, its dead letters and its captured events name. */
async function ofChat(
  chatId: string,
  sinceMillis: number,
  sources: TraceSources,
  reader: SourceReader<TraceSource>,
  { lines, deadLetters }: Pick<Finding, 'lines' | 'deadLetters'>,
): Promise<Finding> {
  const [history, all] = await Promise.all([
    reader.read('history', undefined, () => sources.history(chatId)),
    reader.readSome('captured events', [], () => sources.captured(sinceMillis)),
  ]);
  const captured = all.filter((event) => event.chatId === chatId);
  const letters = deadLetters.filter((letter) => letter.chatId === chatId);
  const decided = (history?.ledger ?? []).filter(({ decidedAtMillis }) => decidedAtMillis >= sinceMillis);
  const clear = new Set(
    [...decided, ...letters, ...captured].flatMap(({ eventId }) => (eventId === undefined ? [] : eventId)),
  );
  const subjects = new Map<string, Subject>();
  for (const eventId of clear) {
    const loggedId = loggedIdOf(eventId, sources);
    subjects.set(loggedId, { loggedId, eventId, chatId });
  }
  for (const { fields } of lines) {
    const loggedId = fields.event_id;
    if (typeof loggedId !== 'string' || subjects.has(loggedId)) continue;
    const eventId = sources.provider === 'telegram' ? { eventId: loggedId } : {};
    subjects.set(loggedId, { loggedId, ...eventId, chatId });
  }
  return { matched: 'chat', subjects: [...subjects.values()], lines, deadLetters: letters, captured };
}
