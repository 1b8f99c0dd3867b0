import { asList, asNumber, asRecord, asText, type JsonRecord } from '../core/json.ts';

/** A file that a user sent: its media type and where it can be fetched. */
export interface Media {
  readonly contentType: string;
  readonly ref: string;
}

/** What a model call used, in tokens. */
export interface TurnUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** The provider told nothing; the numbers are 0. */
  readonly isMissing?: boolean;
}

/** One element of a record's `messages`, as read: any shape and age of it (contract replies §4.2). */
export interface Entry {
  /** `user`, `assistant`, or whatever another service wrote. */
  readonly role: string;
  /** The first message id of the batch or of the reply's parts. */
  readonly messageId: string | undefined;
  readonly timestamp: string | undefined;
  readonly content: string;
  readonly turnId: string | undefined;
  /** User: every inbound sid. */
  readonly messageSids: readonly string[];
  /** Assistant: every outbound sid. */
  readonly partSids: readonly string[];
  readonly media: readonly Media[];
  readonly deliveryStatus: string | undefined;
  /** The whole entry lies in the archive; this is its beginning. */
  readonly isArchived: boolean;
}

/** The user's side of a turn, to be appended. */
export interface UserEntry {
  readonly role: 'user';
  readonly messageSids: readonly [string, ...string[]];
  /** When it was received, UTC with milliseconds. */
  readonly timestamp: string;
  readonly content: string;
  readonly media?: readonly Media[];
  readonly turnId?: string;
}

/** The reply of a turn, to be appended; at least one part of it was accepted. */
export interface AssistantEntry {
  readonly role: 'assistant';
  readonly partSids: readonly [string, ...string[]];
  /** When Twilio accepted it, UTC with milliseconds. */
  readonly timestamp: string;
  /** What was sent. */
  readonly content: string;
  readonly usage: TurnUsage;
  readonly turnId?: string;
  readonly model?: string;
  readonly providerRef?: string;
  readonly processingTimeMillis?: number;
  readonly deliveryStatus?: string;
  readonly errorCode?: string;
}

export type NewEntry = UserEntry | AssistantEntry;

/** An entry as it is stored. */
export function entryData(entry: NewEntry): JsonRecord {
  const { role, timestamp, content, turnId: turn_id } = entry;
  if (entry.role === 'user')
    return {
      message_id: entry.messageSids[0],
      timestamp,
      role,
      content,
      message_sids: entry.messageSids,
      media: entry.media?.map(mediaData),
      turn_id,
    };
  return {
    message_id: entry.partSids[0],
    timestamp,
    role,
    content,
    prompt_tokens: entry.usage.promptTokens,
    completion_tokens: entry.usage.completionTokens,
    total_tokens: entry.usage.totalTokens,
    usage_missing: entry.usage.isMissing || undefined,
    part_sids: entry.partSids,
    turn_id,
    model: entry.model,
    provider_ref: entry.providerRef,
    processing_time_ms: entry.processingTimeMillis,
    delivery_status: entry.deliveryStatus,
    error_code: entry.errorCode,
  };
}

export const mediaData = ({ contentType, ref }: Media): JsonRecord => ({ content_type: contentType, ref });

/** Reads a stored entry; older ones have `entry_id` and `message_timestamp`. */
export function readEntry(value: unknown): Entry {
  const stored = asRecord(value);
  return {
    role: asText(stored.role) ?? 'user',
    messageId: asText(stored.message_id) ?? asText(stored.entry_id),
    timestamp: asText(stored.timestamp) ?? asText(stored.message_timestamp),
    content: asText(stored.content) ?? '',
    turnId: asText(stored.turn_id),
    messageSids: readTexts(stored.message_sids),
    partSids: readTexts(stored.part_sids),
    media: readMedia(stored.media),
    deliveryStatus: asText(stored.delivery_status),
    isArchived: stored.archived === true,
  };
}

/** The texts of a list; anything else in it is left out. */
export const readTexts = (value: unknown): readonly string[] =>
  asList(value).filter((element): element is string => typeof element === 'string' && element !== '');

export const readMedia = (value: unknown): readonly Media[] =>
  asList(value).flatMap((element) => {
    const { content_type, ref } = asRecord(element);
    const [contentType, found] = [asText(content_type), asText(ref)];
    return contentType !== undefined && found !== undefined ? [{ contentType, ref: found }] : [];
  });

/** Tokens of a stored reply or turn, under their present or older names. */
export function readUsage(value: unknown): TurnUsage {
  const stored = asRecord(value);
  const of = (name: string) => asNumber(stored[name]) ?? asNumber(stored[`ai_${name}`]) ?? 0;
  return {
    promptTokens: of('prompt_tokens'),
    completionTokens: of('completion_tokens'),
    totalTokens: of('total_tokens'),
    ...(stored.usage_missing === true && { isMissing: true }),
  };
}
