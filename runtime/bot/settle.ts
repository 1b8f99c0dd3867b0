import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws } from '../core/aws-errors.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import type { DeliveryKey } from './delivery.ts';

/** What an operator says of a part of a reply, written on the delivery item (contract bot §7.3, §12.4). */
export interface Settlement {
  /**
   * An unclear part did arrive. What comes behind it was never begun, and is noted so: else it would count as
   * unclear in its turn. False: the event is done.
   */
  sent(key: DeliveryKey, part: number, hasMore: boolean): Promise<boolean>;
  /** An unclear part did not arrive and is free to be sent. False: it was accepted meanwhile, or the event is done. */
  resend(key: DeliveryKey, part: number): Promise<boolean>;
  /** An event that ended with a refused part is taken up again at that part. False: it is not done any more. */
  reopen(key: DeliveryKey, part: number): Promise<boolean>;
}

/** Stands where a platform's message id would: nobody knows it. */
const BY_OPERATOR = 'operator';

const NOT_DONE = '(attribute_not_exists(#state) OR #state <> :done)';

/** Settlements in the lock table. `ttlSeconds`: life of an item, counted from its last write. */
export function dynamoSettlement(
  dynamodb: AwsClient,
  table: string,
  clock: Clock,
  ttlSeconds: number,
): Settlement {
  const write = async (key: DeliveryKey, set: string, condition: string, values: object) => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: { user_id: { S: `evt:${key.provider}:${key.eventId}` } },
      UpdateExpression: `SET chat_id = if_not_exists(chat_id, :chat), v = :v, expiresAt = :expires, #state = :sending, ${set}`,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':chat': { S: key.chatId },
        ':v': { N: '1' },
        ':expires': { N: String(epochSeconds(clock) + ttlSeconds) },
        ':sending': { S: 'sending' },
        ':done': { S: 'done' },
        ...values,
      },
    });
    try {
      await callAws(clock, 'dynamodb:UpdateItem', () => dynamodb.send(command));
      return true;
    } catch (error) {
      if (awsErrorName(error) === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  };
  const now = () => ({ ':now': { N: String(epochSeconds(clock)) } });
  return {
    sent: (key, part, hasMore) => {
      const next = hasMore ? `, refused_${part + 1} = :now` : '';
      const set = `accepted_${part} = if_not_exists(accepted_${part}, :by)${next}`;
      const isBehind = `attribute_not_exists(accepted_${part + 1}) AND ${NOT_DONE}`;
      return write(key, set, isBehind, { ':by': { S: BY_OPERATOR }, ...(hasMore && now()) });
    },
    resend: (key, part) =>
      write(key, `refused_${part} = :now`, `attribute_not_exists(accepted_${part}) AND ${NOT_DONE}`, now()),
    reopen: (key, part) =>
      write(
        key,
        `refused_${part} = :now`,
        `#state = :done AND attribute_not_exists(accepted_${part})`,
        now(),
      ),
  };
}
