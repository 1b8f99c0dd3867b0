import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { statusesBelow } from '../channels/twilio/status.ts';
import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { ENTRY_EDITS } from './append-write.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import type { RecordKey } from './record.ts';
import { Expression, updateExpression } from './record-change.ts';
import { conditionFailure, recordKeyItem, tableCall } from './table-call.ts';

/** What a status callback writes. */
export interface DeliveryNote {
  readonly key: RecordKey;
  readonly target: DeliveryTarget;
  readonly messageSid: string;
  readonly status: string;
  readonly errorCode: number | undefined;
  /** Top-level attributes that change with it. */
  readonly set: Readonly<Record<string, unknown>>;
  /** With `set`: nothing is written unless the record's status is this one still; undefined = none. */
  readonly seenStatus: string | undefined;
}

/** Delivery statuses in the conversations table. */
export interface Deliveries {
  /**
   * Writes it if the target is still where it was and knows less, and the record's status is as it was seen. False:
   * read again. Throws `RepliesError` by class.
   */
  note(note: DeliveryNote): Promise<boolean>;
}

export function dynamoDeliveries(dynamodb: AwsClient, tableName: string, clock: Clock): Deliveries {
  const call = tableCall(dynamodb, clock, 'db', 'DB_UPDATE_ERROR');
  return {
    async note(note) {
      const update = { TableName: tableName, Key: recordKeyItem(note.key), ...noteUpdate(note) };
      try {
        await call('UpdateItem', new UpdateItemCommand(update));
        return true;
      } catch (error) {
        if (!conditionFailure(error)) throw error;
        return false;
      }
    },
  };
}

function noteUpdate({ target, messageSid, status, errorCode, set, seenStatus }: DeliveryNote) {
  const expression = new Expression();
  const place = `${target.kind === 'entry' ? 'messages' : 'pending_turn.parts'}[${target.index}]`;
  const known = `${place}.delivery_status`;
  const conditions = [
    ...isThere(expression, target, place, messageSid),
    isRise(expression, known, status, target.isOfSeveral),
  ];
  // Setting the status of a record that a worker has just taken would break its lease.
  if (Object.keys(set).length > 0) conditions.push(isStill(expression, 'conversation_status', seenStatus));
  const change = {
    set: {
      ...set,
      [known]: status,
      [`${place}.error_code`]: errorCode === undefined ? undefined : String(errorCode),
      ...(target.kind === 'part' && { [`${place}.sid`]: messageSid }),
    },
    add: { [ENTRY_EDITS]: 1 },
  };
  return {
    UpdateExpression: updateExpression(expression, change),
    ConditionExpression: conditions.join(' AND '),
    ...expression.placeholders(),
  };
}

/** Archiving moves entries, and a turn ends: only the place that is the message's is written. */
function isThere(expression: Expression, target: DeliveryTarget, place: string, sid: string): string[] {
  if (target.kind === 'entry') {
    const partSids = `contains(${expression.path(`${place}.part_sids`)}, ${expression.value(sid)})`;
    return [`(${expression.equals(`${place}.message_id`, sid)} OR ${partSids})`];
  }
  const free = `attribute_not_exists(${expression.path(`${place}.sid`)})`;
  return [
    expression.equals('pending_turn.turn_id', target.turnId),
    `(${free} OR ${expression.equals(`${place}.sid`, sid)})`,
  ];
}

function isRise(expression: Expression, known: string, status: string, isOfSeveral: boolean): string {
  const path = expression.path(known);
  const below = statusesBelow(status, isOfSeveral).map((lower) => expression.value(lower));
  const isLower = below.length > 0 ? ` OR ${path} IN (${below.join(', ')})` : '';
  return `(attribute_not_exists(${path})${isLower})`;
}

const isStill = (expression: Expression, path: string, value: string | undefined): string =>
  value === undefined ? `attribute_not_exists(${expression.path(path)})` : expression.equals(path, value);
