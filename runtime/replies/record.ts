import { type Item, plainItem } from '../core/dynamodb-values.ts';
import { asList, asNumber, asRecord, asText, type JsonRecord } from '../core/json.ts';
import { normaliseAddress } from './address.ts';
import { type Entry, readEntry, readTexts } from './entry.ts';
import { isSet } from './flag.ts';
import { type PendingTurn, readPendingTurn } from './pending-turn.ts';

/** The record's key, exactly as it is stored (with or without a prefix). */
export interface RecordKey {
  readonly primaryChannel: string;
  readonly conversationId: string;
}

/** One item of the conversations table, read tolerantly; never written back (contract replies §4.1). */
export interface Conversation {
  readonly key: RecordKey;
  readonly conversationId: string;
  /** The user's address without a prefix. */
  readonly userAddress: string;
  /** The company's number without a prefix. */
  readonly companyAddress: string | undefined;
  readonly status: string | undefined;
  readonly entries: readonly Entry[];
  readonly archivedCount: number;
  /** Name of the secret with the model's key. */
  readonly modelKeyReference: string | undefined;
  /** Which prompt answers; blank in the record = undefined. */
  readonly promptReference: string | undefined;
  /** Name of the secret with the Twilio credentials. */
  readonly credentialsReference: string | undefined;
  readonly threadId: string | undefined;
  readonly isHandedOff: boolean;
  readonly isOptedOut: boolean;
  readonly isProjectActive: boolean;
  /** Undefined where the record has no list: every channel is allowed. */
  readonly allowedChannels: readonly string[] | undefined;
  readonly autoQueueReply: boolean;
  readonly autoQueueReplyFrom: readonly string[];
  /** Undefined when absent or not readable. */
  readonly createdAtMillis: number | undefined;
  readonly updatedAt: string | undefined;
  readonly processedSids: ReadonlySet<string>;
  /** Epoch seconds of the commits of the last hour. */
  readonly turnTimes: readonly number[];
  readonly pendingTurn: PendingTurn | undefined;
  readonly lockOwner: string | undefined;
  readonly lockExpiresAtSeconds: number | undefined;
  readonly lockFence: number;
  readonly statusBeforeLock: string | undefined;
  readonly turnAttempts: number;
  readonly lastUserMessageAt: string | undefined;
  /** Names and project data, for prompt variables and the human queue. */
  readonly data: JsonRecord;
  /** The item itself: what is unknown here must survive. */
  readonly item: Item;
}

/** Reads any item that has the two keys; throws nothing, whatever the rest looks like. */
export function readConversation(item: Item): Conversation {
  const data = plainItem(item);
  const primaryChannel = asText(data.primary_channel) ?? '';
  const conversationId = asText(data.conversation_id) ?? '';
  return {
    key: { primaryChannel, conversationId },
    conversationId,
    userAddress: normaliseAddress(primaryChannel) ?? primaryChannel,
    ...readSettings(data),
    ...readFlags(data),
    ...readWork(data),
    status: asText(data.conversation_status),
    entries: asList(data.messages).map(readEntry),
    archivedCount: asNumber(data.archived_count) ?? 0,
    threadId: asText(data.thread_id) ?? asText(data.openai_thread_id),
    createdAtMillis: timeMillis(data.created_at),
    updatedAt: asText(data.updated_at),
    lastUserMessageAt: asText(data.last_user_message_at),
    data,
    item,
  };
}

/** Flat or nested per channel; flat wins (contract replies §4.1). */
function readSettings(data: JsonRecord) {
  const ai = asRecord(data.ai_config);
  const nestedAi = asRecord(asRecord(ai.openai_config).whatsapp);
  const channel = asRecord(data.channel_config);
  const nestedChannel = asRecord(channel.whatsapp);
  const settings = (...names: string[]) => firstText([ai, nestedAi], names);
  const channels = (name: string) => firstText([channel, nestedChannel], [name]);
  const company = channels('company_whatsapp_number') ?? filled(data.gsi_company_whatsapp_number);
  return {
    modelKeyReference: settings('api_key_reference', 'ai_api_key_reference'),
    promptReference: settings('assistant_id_replies'),
    credentialsReference: channels('whatsapp_credentials_id'),
    companyAddress: company && normaliseAddress(company),
  };
}

function firstText(places: readonly JsonRecord[], names: readonly string[]): string | undefined {
  for (const place of places)
    for (const name of names) {
      const text = filled(place[name]);
      if (text !== undefined) return text;
    }
  return undefined;
}

/** A text with something in it, trimmed. */
const filled = (value: unknown): string | undefined => asText(value)?.trim() || undefined;

function readFlags(data: JsonRecord) {
  const list = asList(data.allowed_channels).filter((value) => typeof value === 'string');
  return {
    isHandedOff: isSet(data.hand_off_to_human),
    isOptedOut: isSet(data.opted_out),
    isProjectActive: asText(data.project_status)?.toLowerCase() === 'active',
    allowedChannels: Array.isArray(data.allowed_channels)
      ? list.map((channel) => channel.toLowerCase())
      : undefined,
    autoQueueReply: isSet(data.auto_queue_reply_message),
    autoQueueReplyFrom: asList(data.auto_queue_reply_message_from_number).flatMap(
      (number) => normaliseAddress(asText(number) ?? '') ?? [],
    ),
  };
}

function readWork(data: JsonRecord) {
  return {
    processedSids: new Set(readTexts(data.processed_sids)),
    turnTimes: asList(data.turn_times).flatMap((time) => asNumber(time) ?? []),
    pendingTurn: readPendingTurn(data.pending_turn),
    lockOwner: asText(data.lock_owner),
    lockExpiresAtSeconds: asNumber(data.lock_expires_at),
    lockFence: asNumber(data.lock_fence) ?? 0,
    statusBeforeLock: asText(data.status_before_lock),
    turnAttempts: asNumber(data.turn_attempts) ?? 0,
  };
}

/** A time as services wrote it: `+00:00Z` at the end is malformed, and meant as UTC. Undefined when unreadable. */
export function timeMillis(value: unknown): number | undefined {
  const text = asText(value)?.trim();
  if (text === undefined) return undefined;
  const repaired = text.replace(/([+-]\d\d:?\d\d)Z$/, '$1');
  // Without a zone it is UTC, not this machine's.
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(repaired) || !repaired.includes('T') ? repaired : `${repaired}Z`;
  const millis = Date.parse(zoned);
  return Number.isNaN(millis) ? undefined : millis;
}
