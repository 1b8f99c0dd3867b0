import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClient, callAws } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { DeliveryEvidence } from './evidence.ts';

/** Reads a delivery item with all that it tells; undefined when there is none. Throws `AwsCallError`. */
export async function readDelivery(
  dynamodb: AwsClient,
  table: string,
  key: { readonly provider: string; readonly eventId: string },
  clock: Clock,
): Promise<DeliveryEvidence | undefined> {
  const Key = { user_id: { S: `evt:${key.provider}:${key.eventId}` } };
  const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
  const { Item } = await callAws(clock, 'dynamodb:GetItem', () => dynamodb.send(command));
  return Item && deliveryEvidence(Item);
}

type Item = Readonly<Record<string, AttributeValue>>;

/** Also of an item that has expired and not been deleted yet: an operator looks back further than the bot. */
export function deliveryEvidence(item: Item): DeliveryEvidence {
  return {
    chatId: item.chat_id?.S,
    isDone: item.state?.S === 'done',
    accepted: numbered(item, 'accepted_', ({ S }) => S ?? ''),
    refusedAtMillis: numbered(item, 'refused_', millis),
    deliveredAtMillis: numbered(item, 'delivered_', millis),
    readAtMillis: numbered(item, 'read_', millis),
    isErrorTold: item.error_told !== undefined,
  };
}

const millis = ({ N }: AttributeValue): number => Number(N ?? 0) * 1000;

function numbered<T>(item: Item, prefix: string, read: (value: AttributeValue) => T): Map<number, T> {
  const values = new Map<number, T>();
  for (const [name, value] of Object.entries(item)) {
    const part = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : 0;
    if (part > 0) values.set(part, read(value));
  }
  return values;
}
