import type { IncomingMedia, IncomingMessage, MediaKind, MessageKind } from '../../channels/channel.ts';
import { asNumber, asRecord, asText, isRecord } from '../../core/json.ts';
import type { HistoryRow } from '../agent.ts';
import type { TurnMessage } from '../decide/decider.ts';
import type { LedgerRow } from '../history-file.ts';
import type { Job, Provider } from '../job.ts';
import { blockText } from '../reply.ts';
import type { StoredHistory } from '../stored-history.ts';

type DecidedRow = StoredHistory['ledger'][number];

/** A turn as the history tells it: what was known before, what was said, and what came of it. */
export interface Recording {
  /** The event that carries the reply; of merged messages the last. */
  readonly job: Job;
  /** In order of arrival. */
  readonly messages: readonly [TurnMessage, ...TurnMessage[]];
  readonly atSeconds: number;
  readonly rowsBefore: readonly HistoryRow[];
  readonly ledgerBefore: readonly DecidedRow[];
  /** Undefined when the ledger has forgotten the event. */
  readonly ledger: LedgerRow | undefined;
  /** The reply's row; undefined when nothing was replied. */
  readonly answer: HistoryRow | undefined;
  readonly notes: readonly string[];
}

/** The turn cannot be decided again; the sentence says why. */
export class NotReplayableError extends Error {
  override name = 'NotReplayableError';
}

/** Finds an event's turn in a chat's history. Throws `NotReplayableError`. */
export function recordingOf(stored: StoredHistory, provider: Provider, eventId: string): Recording {
  const own = stored.ledger.find((row) => row.eventId === eventId);
  const carrierId = own?.carriedBy ?? eventId;
  const merged = stored.ledger.filter(({ carriedBy }) => carriedBy === carrierId);
  const ids = new Set([carrierId, ...merged.map((row) => row.eventId)]);
  const spoken = stored.rows.filter((row) => ids.has(eventOf(row) ?? ''));
  const [first, last] = [spoken[0], spoken.at(-1)];
  if (!first || !last)
    throw new NotReplayableError(
      `No row of event ${eventId} is stored: a command keeps none, and what was cleared or archived is gone.`,
    );
  const ledger = stored.ledger.find((row) => row.eventId === carrierId);
  const atSeconds = ledger?.decidedAtSeconds ?? secondsOf(last);
  const chatId = stored.chatIds[0] ?? '';
  const said = (row: HistoryRow): TurnMessage => {
    const sentAt = stored.ledger.find(({ eventId: id }) => id === eventOf(row))?.sentAt;
    const job = jobOf(row, { provider, chatId, sentAt, atSeconds });
    return { job, message: messageOf(row, job) };
  };
  return {
    job: said(last).job,
    messages: [said(first), ...spoken.slice(1).map(said)],
    atSeconds,
    ledger,
    rowsBefore: stored.rows.slice(0, stored.rows.indexOf(first)),
    ledgerBefore: stored.ledger.filter((row) => !ids.has(row.eventId) && row.decidedAtSeconds <= atSeconds),
    answer: answerAfter(stored.rows.slice(stored.rows.indexOf(last) + 1)),
    notes: ledger
      ? []
      : ['The ledger has forgotten the event: its rule and its time are guessed from its rows.'],
  };
}

const userMessage = ({ blocks }: HistoryRow) => asRecord(asRecord(blocks[0]?.metadata).user_message);

const eventOf = (row: HistoryRow): string | undefined =>
  row.type === 'user' ? asText(userMessage(row).event_id) : undefined;

/** When a row was stored, epoch seconds. */
export const secondsOf = ({ timestamp }: HistoryRow): number =>
  Math.floor(Date.parse(`${timestamp.replace(' ', 'T')}Z`) / 1000) || 0;

/** The last row of the bot before the user speaks again; a person's or a program's own message is none. */
function answerAfter(rows: readonly HistoryRow[]): HistoryRow | undefined {
  const end = rows.findIndex(({ type }) => type === 'user');
  return rows.slice(0, end < 0 ? undefined : end).findLast(({ type }) => type === 'agent');
}

function jobOf(
  row: HistoryRow,
  known: {
    readonly provider: Provider;
    readonly chatId: string;
    readonly sentAt: string | undefined;
    readonly atSeconds: number;
  },
): Job {
  const { provider, chatId, sentAt, atSeconds } = known;
  const user = userMessage(row);
  return {
    maws_job_version: 1,
    v: 1,
    job_kind: 'turn',
    provider,
    bot_type: provider,
    chat_id: chatId,
    user_id: asText(user.user_id) ?? chatId,
    event_id: asText(user.event_id) ?? '',
    payload: asRecord(user.original_payload),
    sent_at: sentAt ?? asText(user.timestamp) ?? new Date(atSeconds * 1000).toISOString(),
    // The same in every replay.
    traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
  };
}

function messageOf(row: HistoryRow, { chat_id: chatId, user_id: userId }: Job): IncomingMessage {
  const user = userMessage(row);
  const metadata = asRecord(user.metadata);
  const replyTo = asText(metadata.reply_to);
  const groupId = asText(metadata.group_id);
  const [title, speakerName] = [asText(metadata.group_title), asText(metadata.speaker_name)];
  const said = row.blocks.find(({ type }) => type === 'text');
  return {
    chatId,
    userId,
    messageId: asText(user.message_id) ?? '',
    timestamp: asText(user.timestamp) ?? '',
    kind: (asText(user.message_type) ?? 'text') as MessageKind,
    text: said ? blockText(said.content) : '',
    media: isRecord(user.media_info) ? [mediumOf(user.media_info)] : [],
    isVoiceNote: user.is_voice_note === true,
    raw: asRecord(user.original_payload),
    ...(metadata.data !== undefined && { data: metadata.data }),
    ...(replyTo !== undefined && { replyTo }),
    ...(groupId !== undefined && {
      group: { id: groupId, isAddressed: true, ...(title && { title }), ...(speakerName && { speakerName }) },
    }),
  };
}

function mediumOf(info: Readonly<Record<string, unknown>>): IncomingMedia {
  const [mimeType, fileName, sha256] = [asText(info.mime_type), asText(info.file_name), asText(info.sha256)];
  const bytes = asNumber(info.size);
  return {
    kind: asText(info.kind) as MediaKind,
    id: asText(info.id) ?? '',
    ...(mimeType !== undefined && { mimeType }),
    ...(fileName !== undefined && { fileName }),
    ...(sha256 !== undefined && { sha256 }),
    ...(bytes !== undefined && { bytes }),
  };
}
