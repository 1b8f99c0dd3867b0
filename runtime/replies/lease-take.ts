import { type Clock, epochSeconds } from '../core/clock.ts';
import type { LeaseRequest } from './lease.ts';
import { type Conversation, timeMillis } from './record.ts';
import { recordKeyItem } from './table-call.ts';

/** The status that stands for a lease. */
export const PROCESSING = 'processing_reply';

/** No lease lasts longer, as no message stays hidden longer; what is said to end later was not written by the engine. */
export const LONGEST_LEASE_SECONDS = 43_200;

const longestSeconds = (lengthSeconds: number): number => Math.max(LONGEST_LEASE_SECONDS, lengthSeconds);

/**
 * The update that takes a lease if nobody has it (contract replies §4.1). One without an end, or with an end that no
 * engine wrote, is over when its length has passed since the record was changed, or since it was taken; at once where
 * nothing tells when that was. So nothing that stands there keeps a conversation waiting for ever.
 */
export function takeInput(TableName: string, request: LeaseRequest, clock: Clock) {
  const now = epochSeconds(clock);
  const at = (seconds: number) => new Date(clock.nowMillis() + seconds * 1000).toISOString();
  return {
    TableName,
    Key: recordKeyItem(request),
    // A record left by a dead worker keeps the status from before its lease.
    UpdateExpression:
      'SET conversation_status = :processing, lock_owner = :owner, lock_expires_at = :expires, processing_started_at = :started, lock_fence = if_not_exists(lock_fence, :zero) + :one, turn_attempts = if_not_exists(turn_attempts, :zero) + :one, status_before_lock = if_not_exists(status_before_lock, if_not_exists(conversation_status, :none))',
    ConditionExpression: `attribute_exists(conversation_id) AND (${FREE.join(' OR ')})`,
    ExpressionAttributeValues: {
      ':processing': { S: PROCESSING },
      ':owner': { S: request.owner },
      ':expires': { N: String(now + request.lengthSeconds) },
      ':started': { S: at(0) },
      ':now': { N: String(now) },
      ':longest': { N: String(now + longestSeconds(request.lengthSeconds)) },
      ':expired': { S: at(-request.lengthSeconds) },
      ':future': { S: at(request.lengthSeconds) },
      ':zero': { N: '0' },
      ':one': { N: '1' },
      ':none': { S: '' },
      ':number': { S: 'N' },
      ':text': { S: 'S' },
    },
    ReturnValues: 'ALL_NEW' as const,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** Long ago, or no time of the past at all. */
const isOver = (path: string): string =>
  `(attribute_not_exists(${path}) OR NOT attribute_type(${path}, :text) OR ${path} < :expired OR ${path} > :future)`;

const FREE = [
  'attribute_not_exists(conversation_status)',
  'conversation_status <> :processing',
  'lock_expires_at < :now',
  `(attribute_not_exists(lock_expires_at) AND ${isOver('updated_at')})`,
  `(attribute_exists(lock_expires_at) AND (NOT attribute_type(lock_expires_at, :number) OR lock_expires_at > :longest) AND ${isOver('processing_started_at')})`,
];

/** How long another's lease lasts, in seconds, by the rules under which it can be taken. */
export function remaining({ item, updatedAt }: Conversation, lengthSeconds: number, clock: Clock): number {
  const now = epochSeconds(clock);
  const { lock_expires_at: end, processing_started_at: started } = item;
  const ends = Number(end?.N ?? Number.NaN);
  if (ends <= now + longestSeconds(lengthSeconds)) return Math.max(0, ends - now);
  const since = timeMillis(end === undefined ? updatedAt : started?.S) ?? 0;
  return Math.min(2 * lengthSeconds, Math.max(0, Math.ceil(since / 1000) + lengthSeconds - now));
}
