import { asText } from '../../core/json.ts';
import { type LogEvidence, SourceReader } from '../../core/trace/reading.ts';
import { type Conversation, type RecordKey, timeMillis } from '../record.ts';
import { type ConversationEvidence, messageEvidence } from './evidence.ts';
import type { MessageTrace, TraceAnswer, TraceSource } from './model.ts';
import type { TraceSources } from './sources.ts';
import { stepsOf } from './steps.ts';
import { verdictOf } from './verdict.ts';

/** A number in any spelling, or WhatsApp's business-scoped id. */
const USER_ADDRESS = /^(whatsapp:)?(\+?[\d\s()-]{6,24}|[A-Z]{2}\.[A-Za-z0-9]+)$/;
/** Of a conversation, the newest messages. */
const MAX_MESSAGES = 50;

/**
 * What became of a message, by its sid, a sid of its reply, its turn id, its conversation or the user's number
 * (contract replies §14). A source that cannot be read is named in the answer; it never throws for one.
 */
export async function trace(
  id: string,
  sinceMillis: number,
  nowMillis: number,
  sources: TraceSources,
): Promise<TraceAnswer> {
  const tracer = new Tracer(id, sinceMillis, nowMillis, sources);
  const isOfUser = id.includes('#') || USER_ADDRESS.test(id);
  const messages = isOfUser ? await tracer.ofUser() : await tracer.ofMessage();
  const sorted = [...messages].sort((a, b) => startOf(a).localeCompare(startOf(b)));
  const found = {
    id,
    since: new Date(sinceMillis).toISOString(),
    messages: sorted.slice(-MAX_MESSAGES),
    leftOut: Math.max(0, sorted.length - MAX_MESSAGES),
  };
  return { found: sorted.length > 0 ? found : undefined, sources: tracer.reader.all() };
}

const startOf = ({ steps }: MessageTrace): string => steps.find(({ at }) => at !== undefined)?.at ?? '';

class Tracer {
  readonly reader = new SourceReader<TraceSource>();

  constructor(
    private readonly id: string,
    private readonly sinceMillis: number,
    private readonly nowMillis: number,
    private readonly sources: TraceSources,
  ) {}

  /** Every message of each conversation that the id means. */
  async ofUser(): Promise<readonly MessageTrace[]> {
    const conversations = await this.reader.read('record', [], () => this.sources.conversations(this.id));
    const traces = await Promise.all(
      conversations.map(async (conversation) => {
        const evidence = await this.evidence(conversation.key, conversation);
        return sidsIn(evidence, this.sinceMillis).map((sid) => explain(sid, evidence));
      }),
    );
    return traces.flat();
  }

  /** The message of a sid, or those of a turn. */
  async ofMessage(): Promise<readonly MessageTrace[]> {
    const { reader, sources, id, sinceMillis } = this;
    const [named, rows] = await Promise.all([
      reader.readSome('log', [], () => sources.naming(id, sinceMillis)),
      reader.readSome('stage table', [], () => sources.allStaged()),
    ]);
    const staged = rows.find(({ messageSid }) => messageSid === id);
    const references = new Set(named.flatMap(({ fields }) => asText(fields.conversation_ref) ?? []));
    const key = staged ?? (await this.keyOf(references, rows));
    if (key) {
      const evidence = await this.evidence(key);
      return this.sidsMeant(evidence).map((sid) => explain(sid, evidence));
    }
    const query = { conversation_ref: [...references] };
    const more =
      references.size > 0 ? await reader.readSome('log', [], () => sources.lines(query, sinceMillis)) : [];
    const lines = unique([...named, ...more]);
    const bare = { lines, entries: [], rows: [], letters: [], humans: [], nowMillis: this.nowMillis };
    return this.sidsMeant(bare).map((sid) => explain(sid, bare));
  }

  /** The log has a conversation's hash alone: it is recognised among those that wait, and those with a person. */
  private async keyOf(
    references: ReadonlySet<string>,
    rows: readonly RecordKey[],
  ): Promise<RecordKey | undefined> {
    const [letters, humans] = await Promise.all([this.letters(), this.humans()]);
    const told = humans.find(({ messageSids }) => messageSids.includes(this.id));
    const isNamed = ({ conversationId }: RecordKey) =>
      references.has(this.sources.referenceOf(conversationId));
    return told ?? [...rows, ...letters, ...humans].find(isNamed);
  }

  private readonly letters = once(() =>
    this.reader.readSome('dead letters', [], () => this.sources.deadLetters()),
  );

  private readonly humans = once(() => this.reader.readSome('human queue', [], () => this.sources.humans()));

  private async evidence(key: RecordKey, known?: Conversation): Promise<ConversationEvidence> {
    const { reader, sources, sinceMillis, nowMillis } = this;
    const { conversationId } = key;
    const reference = sources.referenceOf(conversationId);
    const [conversation, lines, archived, rows, locks, letters, humans] = await Promise.all([
      known ?? reader.read('record', undefined, () => sources.conversation(key)),
      reader.readSome('log', [], () => sources.lines({ conversation_ref: [reference] }, sinceMillis)),
      reader.read('archive', [], () => sources.archive(conversationId)),
      reader.read('stage table', [], () => sources.staged(conversationId)),
      reader.read('locks', undefined, () => sources.locks(conversationId)),
      this.letters(),
      this.humans(),
    ]);
    const isOfIt = (one: RecordKey) => one.conversationId === conversationId;
    return {
      lines,
      entries: [...archived, ...(conversation?.entries ?? [])],
      rows,
      letters: letters.filter(isOfIt),
      humans: humans.filter(isOfIt),
      nowMillis,
      ...(conversation && { conversation }),
      ...(locks && { locks }),
    };
  }

  /** Which messages an id means: its own, those of the turn, or those that a part of the reply answers. */
  private sidsMeant(evidence: ConversationEvidence): readonly string[] {
    const { id } = this;
    const { lines, entries, conversation } = evidence;
    const isOwn = (sids: readonly string[]) => sids.includes(id);
    const turnIds = new Set([
      id,
      ...lines.flatMap(({ fields }) => (fields.message_sid === id ? (asText(fields.turn_id) ?? []) : [])),
      ...entries.flatMap((entry) => (isOwn(entry.partSids) ? (entry.turnId ?? []) : [])),
    ]);
    const ofTurn = [
      ...lines.flatMap(({ fields }) =>
        turnIds.has(String(fields.turn_id)) && Array.isArray(fields.message_sids)
          ? fields.message_sids.map(String)
          : [],
      ),
      ...entries.flatMap(({ role, turnId, messageSids }) =>
        role === 'user' && turnId !== undefined && turnIds.has(turnId) ? messageSids : [],
      ),
      ...(conversation?.pendingTurn && turnIds.has(conversation.pendingTurn.turnId)
        ? conversation.pendingTurn.messageSids
        : []),
    ];
    if (ofTurn.length > 0 && !ofTurn.includes(id)) return [...new Set(ofTurn)];
    return isKnown(id, evidence) ? [id] : [];
  }
}

function explain(sid: string, from: ConversationEvidence): MessageTrace {
  const evidence = messageEvidence(sid, from);
  const { conversation, turnId } = evidence;
  return {
    messageSid: sid,
    ...(conversation && { conversationId: conversation.conversationId }),
    ...(turnId !== undefined && { turnId }),
    steps: stepsOf(evidence),
    verdict: verdictOf(evidence),
  };
}

const isKnown = (id: string, { lines, entries, rows }: ConversationEvidence): boolean =>
  lines.some(({ fields }) => fields.message_sid === id || asSids(fields.message_sids).includes(id)) ||
  entries.some(({ messageId, messageSids }) => messageId === id || messageSids.includes(id)) ||
  rows.some(({ messageSid }) => messageSid === id);

const asSids = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Lines of the webhook about a user's message. */
const OF_MESSAGE: ReadonlySet<string> = new Set([
  'message_staged',
  'message_repeated',
  'message_recorded',
  'trigger_sent',
]);

/** The messages of the user that a conversation's sources name, since then. */
function sidsIn(
  { lines, entries, rows, conversation }: ConversationEvidence,
  sinceMillis: number,
): readonly string[] {
  const recent = entries.filter(
    ({ role, timestamp }) => role === 'user' && (timeMillis(timestamp) ?? sinceMillis) >= sinceMillis,
  );
  return [
    ...new Set([
      ...recent.flatMap(({ messageId, messageSids }) => [...(messageId ? [messageId] : []), ...messageSids]),
      ...lines.flatMap(({ message, fields }) =>
        OF_MESSAGE.has(message) ? (asText(fields.message_sid) ?? []) : asSids(fields.message_sids),
      ),
      ...rows.map(({ messageSid }) => messageSid),
      ...(conversation?.pendingTurn?.messageSids ?? []),
    ]),
  ];
}

const unique = (lines: readonly LogEvidence[]): readonly LogEvidence[] =>
  [...new Map(lines.map((line) => [JSON.stringify(line.fields), line])).values()].sort(
    (a, b) => a.atMillis - b.atMillis,
  );

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read();
    return known;
  };
}
