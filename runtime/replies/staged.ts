import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, plainItem, storedItem } from '../core/dynamodb-values.ts';
import { asNumber, asRecord, asText } from '../core/json.ts';
import { type Media, mediaData, readMedia } from './entry.ts';
import { REPLIES_VERSION } from './pending-turn.ts';
import { timeMillis } from './record.ts';
import { WISHES, type Wish } from './stop-words.ts';

/** Who works a staged message: the worker, or the webhook and the sweeper themselves (contract replies §3.1). */
export const ROUTES = ['channel', 'human', 'opted_out'] as const;
export type Route = (typeof ROUTES)[number];

/** A message that waits for its turn: one row of the stage table (contract replies §4.4). */
export interface StagedRow {
  readonly conversationId: string;
  readonly messageSid: string;
  /** Equal to the record's key. */
  readonly primaryChannel: string;
  /** UTC with milliseconds. */
  readonly receivedAt: string;
  /** Orders rows of the same moment; absent in hand-made rows. */
  readonly receivedSeq: string | undefined;
  /** May be empty. */
  readonly body: string;
  readonly media: readonly Media[];
  readonly location: StagedLocation | undefined;
  readonly button: StagedButton | undefined;
  readonly profileName: string | undefined;
  readonly waId: string | undefined;
  readonly replyToSid: string | undefined;
  readonly route: Route;
  /** Only on the route `opted_out`: what the message asked for (attribute `wish`). */
  readonly wish: Wish | undefined;
  /** When the sweeper looks at it, epoch seconds; absent in hand-made rows. */
  readonly dueAtSeconds: number | undefined;
  /** When the sweeper last triggered it. */
  readonly sweptAt: string | undefined;
  /** Route `human`: the person has the message, and only the entry is missing (attribute `told`). */
  readonly isTold: boolean;
  readonly traceparent: string | undefined;
}

export interface StagedLocation {
  readonly latitude: string;
  readonly longitude: string;
  readonly address: string | undefined;
  readonly label: string | undefined;
}

export interface StagedButton {
  readonly text: string;
  readonly payload: string | undefined;
}

/** A row as it is stored; the life of the row stands beside it. */
export const stagedItem = (row: StagedRow): Record<string, AttributeValue> =>
  storedItem({
    conversation_id: row.conversationId,
    message_sid: row.messageSid,
    primary_channel: row.primaryChannel,
    received_at: row.receivedAt,
    received_seq: row.receivedSeq,
    body: row.body,
    media: row.media.length > 0 ? row.media.map(mediaData) : undefined,
    location: row.location,
    button: row.button,
    profile_name: row.profileName,
    wa_id: row.waId,
    reply_to_sid: row.replyToSid,
    route: row.route,
    wish: row.wish,
    due_shard: row.dueAtSeconds === undefined ? undefined : DUE_SHARD,
    due_at: row.dueAtSeconds,
    swept_at: row.sweptAt,
    told: row.isTold || undefined,
    traceparent: row.traceparent,
    v: REPLIES_VERSION,
  });

/** The one partition of the sparse index. */
export const DUE_SHARD = 0;

/** Reads any row that has the two keys, also one made by hand. */
export function readStagedRow(item: Item): StagedRow {
  const row = plainItem(item);
  return {
    conversationId: asText(row.conversation_id) ?? '',
    messageSid: asText(row.message_sid) ?? '',
    primaryChannel: asText(row.primary_channel) ?? '',
    receivedAt: asText(row.received_at) ?? '',
    receivedSeq: asText(row.received_seq),
    body: asText(row.body) ?? '',
    media: readMedia(row.media),
    location: readLocation(row.location),
    button: readButton(row.button),
    profileName: asText(row.profile_name),
    waId: asText(row.wa_id),
    replyToSid: asText(row.reply_to_sid),
    route: ROUTES.find((route) => route === row.route) ?? 'channel',
    wish: WISHES.find((wish) => wish === row.wish),
    dueAtSeconds: asNumber(row.due_at),
    sweptAt: asText(row.swept_at),
    isTold: row.told === true,
    traceparent: asText(row.traceparent),
  };
}

function readLocation(value: unknown): StagedLocation | undefined {
  const stored = asRecord(value);
  const [latitude, longitude] = [asText(stored.latitude), asText(stored.longitude)];
  if (latitude === undefined || longitude === undefined) return undefined;
  return { latitude, longitude, address: asText(stored.address), label: asText(stored.label) };
}

function readButton(value: unknown): StagedButton | undefined {
  const stored = asRecord(value);
  const text = asText(stored.text);
  return text === undefined ? undefined : { text, payload: asText(stored.payload) };
}

/** Order of arrival: time, then sequence; rows of the same moment without a sequence by their sid. */
export function byArrival(a: StagedRow, b: StagedRow): number {
  const time = (timeMillis(a.receivedAt) ?? 0) - (timeMillis(b.receivedAt) ?? 0);
  return (
    time || compareText(a.receivedSeq ?? '', b.receivedSeq ?? '') || compareText(a.messageSid, b.messageSid)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
