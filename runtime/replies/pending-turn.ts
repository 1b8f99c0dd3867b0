import { asList, asNumber, asRecord, asText, isRecord, type JsonRecord } from '../core/json.ts';
import { type Media, mediaData, readMedia, readTexts, readUsage, type TurnUsage } from './entry.ts';

/** Version of `pending_turn` and of all else that the engine stores; absent means 1 (contract replies §4.9). */
export const REPLIES_VERSION = 1;

/** How far a turn got (contract replies §4.3). */
const TURN_STATES = ['collected', 'model_done', 'sending', 'sent'] as const;
export type TurnState = (typeof TURN_STATES)[number];

/** One part of a reply. */
export interface TurnPart {
  readonly text: string;
  /** Set once Twilio accepted it. */
  readonly sid?: string;
  /** When the send began, UTC with milliseconds; without `sid` the outcome is unclear. */
  readonly sendStartedAt?: string;
  /** When an earlier send of it began whose outcome Twilio's list did not tell: the next question begins there. */
  readonly unclearSince?: string;
  /** What a status callback said of it before the turn was committed. */
  readonly deliveryStatus?: string;
  readonly errorCode?: string;
}

/** A wish of the model that a person takes over. */
export interface HandOff {
  readonly reason: string | undefined;
}

/** How a turn ends that is not simply answered. Once it is stored, nothing more is decided for the turn. */
export interface Ending {
  /** `hand_off`: a person takes over. `opted_out`: nobody writes to the user. `window_closed`: a person is told. */
  readonly kind: 'hand_off' | 'opted_out' | 'window_closed';
  /** The rule that decided (contract replies §14). */
  readonly rule: string;
  /** For the person who takes over; without personal data. */
  readonly reason?: string;
  /** The user opted out at the provider, and the record is to say so. */
  readonly setsOptOut?: boolean;
  /** The parts are sent all the same before the turn ends (`HANDOFF_SEND_DRAFT`). */
  readonly sendsParts?: boolean;
}

/** The turn in progress, as the record holds it. */
export interface PendingTurn {
  readonly turnId: string;
  readonly state: TurnState;
  readonly messageSids: readonly string[];
  /** The user's messages joined by newlines, whole: the model may get less (`MAX_BATCH_CHARS`). */
  readonly combinedBody: string;
  readonly firstReceivedAt: string;
  /** The newest message's: the 24-hour window counts from it. */
  readonly lastReceivedAt: string | undefined;
  readonly media: readonly Media[];
  readonly replyText: string | undefined;
  /** The model says that the conversation has reached its goal. */
  readonly isComplete?: boolean;
  /** Stored as `hand_off`. */
  readonly ending: Ending | undefined;
  /** The person has the turn, and only the commit is missing (attribute `told`). */
  readonly isTold?: boolean;
  readonly usage: TurnUsage | undefined;
  readonly model: string | undefined;
  readonly providerRef: string | undefined;
  readonly parts: readonly TurnPart[];
  readonly createdAt: string;
  readonly v: number;
}

/** The turn as it is stored. */
export const pendingTurnData = (turn: PendingTurn): JsonRecord => ({
  turn_id: turn.turnId,
  state: turn.state,
  message_sids: turn.messageSids,
  combined_body: turn.combinedBody,
  first_received_at: turn.firstReceivedAt,
  last_received_at: turn.lastReceivedAt,
  media: turn.media.length > 0 ? turn.media.map(mediaData) : undefined,
  reply_text: turn.replyText,
  task_complete: turn.isComplete ? 1 : undefined,
  hand_off: turn.ending && endingData(turn.ending),
  told: turn.isTold,
  usage: turn.usage && usageData(turn.usage),
  model: turn.model,
  provider_ref: turn.providerRef,
  parts: turn.parts.map(partData),
  created_at: turn.createdAt,
  v: turn.v,
});

/** An ending as it is stored. */
export const endingData = (ending: Ending): JsonRecord => ({
  kind: ending.kind,
  rule: ending.rule,
  reason: ending.reason,
  sets_opt_out: ending.setsOptOut,
  sends_parts: ending.sendsParts,
});

/** One part as it is stored. */
export const partData = (part: TurnPart): JsonRecord => ({
  text: part.text,
  sid: part.sid,
  send_started_at: part.sendStartedAt,
  unclear_since: part.unclearSince,
  delivery_status: part.deliveryStatus,
  error_code: part.errorCode,
});

/** Where a part stands in the record; parts count from 1. */
export const partPath = (number: number): string => `pending_turn.parts[${number - 1}]`;

/** Tokens as they are stored. */
const usageData = (usage: TurnUsage): JsonRecord => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.totalTokens,
  usage_missing: usage.isMissing || undefined,
});

/** Reads a stored turn; undefined when there is none, or none that names its messages. */
export function readPendingTurn(value: unknown): PendingTurn | undefined {
  if (!isRecord(value)) return undefined;
  const turnId = asText(value.turn_id);
  const messageSids = readTexts(value.message_sids);
  if (turnId === undefined || messageSids.length === 0) return undefined;
  const firstReceivedAt = asText(value.first_received_at) ?? asText(value.created_at) ?? '';
  const parts = asList(value.parts).map(readPart);
  const ending = isRecord(value.hand_off) ? readEnding(value.hand_off) : undefined;
  const state = TURN_STATES.find((known) => known === value.state) ?? 'collected';
  return {
    turnId,
    // With nothing to send and no other ending there is no reply, whatever the state says.
    state: parts.length > 0 || ending ? state : 'collected',
    messageSids,
    combinedBody: asText(value.combined_body) ?? '',
    firstReceivedAt,
    lastReceivedAt: asText(value.last_received_at),
    media: readMedia(value.media),
    replyText: asText(value.reply_text),
    ...(value.task_complete === 1 && { isComplete: true }),
    ending,
    ...(value.told === true && { isTold: true }),
    usage: isRecord(value.usage) ? readUsage(value.usage) : undefined,
    model: asText(value.model),
    providerRef: asText(value.provider_ref),
    parts,
    createdAt: asText(value.created_at) ?? firstReceivedAt,
    v: asNumber(value.v) ?? REPLIES_VERSION,
  };
}

const ENDINGS = ['hand_off', 'opted_out', 'window_closed'] as const;

function readEnding(stored: JsonRecord): Ending {
  const kind = ENDINGS.find((known) => known === stored.kind) ?? 'hand_off';
  const reason = asText(stored.reason);
  return {
    kind,
    rule: asText(stored.rule) ?? kind,
    ...(reason !== undefined && { reason }),
    ...(stored.sets_opt_out === true && { setsOptOut: true }),
    ...(stored.sends_parts === true && { sendsParts: true }),
  };
}

function readPart(value: unknown): TurnPart {
  const stored = asRecord(value);
  const optional = {
    sid: asText(stored.sid),
    sendStartedAt: asText(stored.send_started_at),
    unclearSince: asText(stored.unclear_since),
    deliveryStatus: asText(stored.delivery_status),
    errorCode: asText(stored.error_code),
  };
  const known = Object.entries(optional).filter(([, text]) => text !== undefined);
  return { text: asText(stored.text) ?? '', ...Object.fromEntries(known) };
}
