import { asText } from '../../core/json.ts';
import type { LogEvidence } from '../../core/trace/reading.ts';
import { SourceReader } from '../../core/trace/reading.ts';
import type { CapturedEvent } from '../captured-events.ts';
import { safeId } from '../job.ts';
import type { MessageEvidence } from './evidence.ts';
import { explain } from './explain.ts';
import { type Finding, find, loggedIdOf, type Subject } from './find.ts';
import type { MessageTrace, TraceAnswer, TraceSource } from './model.ts';
import type { HistoryEvidence, TraceSources } from './sources.ts';

/** Of a chat, the newest messages. */
const MAX_MESSAGES = 50;

/**
 * What became of a message, by its event id, its message id or its chat (contract bot §15). A source that cannot
 * be read is named in the answer; it never throws for one.
 */
export async function trace(id: string, sinceMillis: number, sources: TraceSources): Promise<TraceAnswer> {
  const reader = new SourceReader<TraceSource>();
  const finding = await find(id, sinceMillis, sources, reader);
  if (!finding) return { found: undefined, sources: reader.all() };
  const collector = new Collector(finding, sinceMillis, sources, reader);
  const messages = (await collector.messages()).sort((a, b) => startOf(a).localeCompare(startOf(b)));
  const found = {
    id,
    matched: finding.matched,
    since: new Date(sinceMillis).toISOString(),
    messages: messages.slice(-MAX_MESSAGES),
    leftOut: Math.max(0, messages.length - MAX_MESSAGES),
  };
  return { found, sources: reader.all() };
}

const startOf = ({ steps }: MessageTrace): string => steps.find(({ at }) => at !== undefined)?.at ?? '';

/** Brings together what the sources know of each event of a finding. */
class Collector {
  private readonly histories = new Map<string, Promise<HistoryEvidence | undefined>>();
  private readonly chats = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly finding: Finding,
    private readonly sinceMillis: number,
    private readonly sources: TraceSources,
    private readonly reader: SourceReader<TraceSource>,
  ) {}

  async messages(): Promise<MessageTrace[]> {
    const requests = await this.requests();
    const messages: MessageTrace[] = [];
    for (const subject of this.finding.subjects)
      messages.push(explain(await this.evidence(subject, requests)));
    return messages;
  }

  /** The webhooks that brought the events: their lines name no event, only the trace. */
  private async requests(): Promise<readonly LogEvidence[]> {
    const traceIds = new Set(this.finding.lines.flatMap(({ fields }) => asText(fields.trace_id) ?? []));
    if (traceIds.size === 0) return [];
    const read = () => this.sources.lines({ trace_id: [...traceIds] }, this.sinceMillis);
    const lines = await this.reader.readSome('log', [], read);
    return lines.filter(({ message }) => message === 'webhook_answered');
  }

  private async evidence(subject: Subject, requests: readonly LogEvidence[]): Promise<MessageEvidence> {
    const { finding, sources } = this;
    const { loggedId } = subject;
    const lines = finding.lines.filter(({ fields }) => fields.event_id === loggedId);
    const first = await this.item(subject.eventId);
    const deadLetters = finding.deadLetters.filter(
      ({ eventId }) => loggedIdOf(eventId, sources) === loggedId,
    );
    const known = subject.eventId === undefined ? [] : await this.captured(subject.eventId);
    const chatId =
      subject.chatId ??
      first?.chatId ??
      deadLetters[0]?.chatId ??
      known.find((event) => event.chatId !== undefined)?.chatId ??
      (await this.chatOf(lines));
    const history = chatId === undefined ? undefined : await this.history(chatId);
    const ledger = history?.ledger.find(({ eventId }) => loggedIdOf(eventId, sources) === loggedId);
    const eventId = subject.eventId ?? ledger?.eventId;
    const delivery = first ?? (await this.item(subject.eventId === undefined ? eventId : undefined));
    const traceIds = new Set(lines.map(({ fields }) => fields.trace_id));
    const messageIds = sources.provider === 'whatsapp' ? [...(delivery?.accepted.values() ?? [])] : [];
    const undelivered = await Promise.all(messageIds.map((id) => this.captured(id)));
    const captured = unique([...known, ...undelivered.flat()]);
    return {
      provider: sources.provider,
      loggedId,
      ...(eventId !== undefined && { eventId }),
      ...(chatId !== undefined && { chatId }),
      ...sentAt(ledger?.sentAt ?? deadLetters[0]?.sentAt ?? captured.find(({ job }) => job)?.job?.sent_at),
      isQueued: sources.isQueued,
      ...(ledger && { ledger }),
      ...(delivery && { delivery }),
      deadLetters,
      captured,
      lines,
      requests: requests.filter(({ fields }) => traceIds.has(fields.trace_id)),
    };
  }

  private async item(eventId: string | undefined) {
    if (eventId === undefined) return undefined;
    return this.reader.read('delivery item', undefined, () => this.sources.delivery(eventId));
  }

  private async captured(id: string): Promise<readonly CapturedEvent[]> {
    const { captured } = this.finding;
    if (captured)
      return captured.filter(({ eventId, key }) => eventId === id || key.endsWith(`/${safeId(id)}.json`));
    return this.reader.readSome('captured events', [], () => this.sources.captured(this.sinceMillis, id));
  }

  private history(chatId: string): Promise<HistoryEvidence | undefined> {
    const read = () => this.reader.read('history', undefined, () => this.sources.history(chatId));
    return remembered(this.histories, chatId, read);
  }

  /** The log has only the chat's hash; a chat that has a history is found by it. */
  private async chatOf(lines: readonly LogEvidence[]): Promise<string | undefined> {
    const hash = lines.flatMap(({ fields }) => asText(fields.chat_id) ?? [])[0];
    if (hash === undefined) return undefined;
    const read = () => this.reader.read('history', undefined, () => this.sources.chatOf(hash));
    return remembered(this.chats, hash, read);
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? read();
  known.set(key, value);
  return value;
}

const unique = (events: readonly CapturedEvent[]): CapturedEvent[] => [
  ...new Map(events.map((event) => [event.key, event])).values(),
];

const sentAt = (time: string | undefined) => (time === undefined ? {} : { sentAt: time });
