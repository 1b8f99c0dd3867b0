import {
  type AttributeValue,
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  TransactWriteItemsCommand,
  type Update,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws } from '../core/aws-errors.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import { ownedBy } from '../core/lock.ts';

/** How far an event's reply got: the item `evt:<provider>:<event id>` of contract bot §7.3 (b). */
export interface Delivery {
  readonly done: boolean;
  readonly accepted: ReadonlySet<number>;
  /** Parts that certainly were not accepted; the next try need not fear a repetition. */
  readonly refused: ReadonlySet<number>;
}

/** One turn's event, as every write to its item names it. */
export interface DeliveryKey {
  readonly provider: string;
  readonly eventId: string;
  readonly chatId: string;
}

export interface DeliveryTable {
  read(key: DeliveryKey): Promise<Delivery>;
  /** Which of these events are done. */
  doneAmong(provider: string, eventIds: readonly string[]): Promise<readonly string[]>;
  accepted(key: DeliveryKey, part: number, providerId: string): Promise<void>;
  /** What a status webhook says of a part: accepted at least, whatever else became of it. */
  reported(key: DeliveryKey, part: number, providerId: string, status: string): Promise<void>;
  /** Counts a failed attempt; `refusedPart` is the part that was certainly not accepted. */
  failed(key: DeliveryKey, refusedPart: number | undefined): Promise<void>;
  /** Takes the note back before the part is sent again: from then on its outcome is unclear. */
  unrefuse(key: DeliveryKey, part: number): Promise<void>;
  /**
   * Marks the event done, with its last part; frees the lock in the same transaction if one is given.
   * Resolves to whether the lock was freed with it.
   */
  done(
    key: DeliveryKey,
    last: { readonly part: number; readonly providerId: string } | undefined,
    lock?: { readonly key: string; readonly owner: string },
  ): Promise<boolean>;
}

export { DynamoDBClient };

type Values = Record<string, AttributeValue>;

/** Version of our own fields on the item. */
const DELIVERY_VERSION = '1';
/** Most keys of one `BatchGetItem` (AWS limit). */
const BATCH_GET_KEYS = 100;

const itemKey = (provider: string, eventId: string) => ({ user_id: { S: `evt:${provider}:${eventId}` } });

export function dynamoDelivery(
  dynamodb: AwsClient,
  table: string,
  clock: Clock,
  /** Life of an item, counted from its last write. */
  ttlSeconds: number,
): DeliveryTable {
  const send = (command: object) =>
    callAws(clock, `dynamodb:${command.constructor.name}`, () => dynamodb.send(command));

  /** An update of the item that also keeps its fixed attributes; `set` and `rest` are expression parts. */
  const update = (
    key: DeliveryKey,
    set: readonly string[],
    values: Values,
    rest = '',
  ): Update & { Key: Values } => ({
    TableName: table,
    Key: itemKey(key.provider, key.eventId),
    UpdateExpression: `SET chat_id = if_not_exists(chat_id, :chat), v = :v, expiresAt = :expires, ${set.join(', ')}${rest}`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':chat': { S: key.chatId },
      ':v': { N: DELIVERY_VERSION },
      ':expires': { N: String(epochSeconds(clock) + ttlSeconds) },
      ...values,
    },
  });
  /** A late or repeated write must not bring a finished event back. */
  const stillSending = '#state = if_not_exists(#state, :sending)';
  const sending: Values = { ':sending': { S: 'sending' } };

  return {
    async read({ provider, eventId }) {
      const command = new GetItemCommand({
        TableName: table,
        Key: itemKey(provider, eventId),
        ConsistentRead: true,
      });
      return deliveryOf((await send(command)).Item, epochSeconds(clock));
    },

    async doneAmong(provider, eventIds) {
      const done: string[] = [];
      for (let start = 0; start < eventIds.length; start += BATCH_GET_KEYS) {
        const keys = eventIds.slice(start, start + BATCH_GET_KEYS).map((id) => itemKey(provider, id));
        const command = new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: keys, ConsistentRead: true } },
        });
        const items: Values[] = (await send(command)).Responses?.[table] ?? [];
        const finished = items.filter((item) => deliveryOf(item, epochSeconds(clock)).done);
        done.push(...finished.map((item) => item.user_id?.S?.slice(`evt:${provider}:`.length) ?? ''));
      }
      return done;
    },

    async accepted(key, part, providerId) {
      const values = { ...sending, ':id': { S: providerId } };
      await send(new UpdateItemCommand(update(key, [`accepted_${part} = :id`, stillSending], values)));
    },

    async reported(key, part, providerId, status) {
      const mark = status === 'delivered' || status === 'read' ? [`${status}_${part} = :now`] : [];
      const now: Values = mark.length > 0 ? { ':now': { N: String(epochSeconds(clock)) } } : {};
      const values = { ...sending, ...now, ':id': { S: providerId } };
      await send(
        new UpdateItemCommand(update(key, [`accepted_${part} = :id`, stillSending, ...mark], values)),
      );
    },

    async failed(key, refusedPart) {
      const note = refusedPart === undefined ? [] : [`refused_${refusedPart} = :now`];
      const now: Values = refusedPart === undefined ? {} : { ':now': { N: String(epochSeconds(clock)) } };
      const values = { ...sending, ...now, ':one': { N: '1' } };
      await send(new UpdateItemCommand(update(key, [stillSending, ...note], values, ' ADD attempts :one')));
    },

    async unrefuse(key, part) {
      await send(new UpdateItemCommand(update(key, [stillSending], sending, ` REMOVE refused_${part}`)));
    },

    async done(key, last, lock) {
      const mark = last ? [`accepted_${last.part} = :id`] : [];
      const values: Values = { ':done': { S: 'done' }, ...(last && { ':id': { S: last.providerId } }) };
      const finish = update(key, ['#state = :done', ...mark], values);
      if (lock) {
        const release = { TableName: table, Key: { user_id: { S: lock.key } }, ...ownedBy(lock.owner) };
        const items = [{ Update: finish }, { Delete: release }];
        if (await transact(() => send(new TransactWriteItemsCommand({ TransactItems: items })))) return true;
      }
      // There is no lock, it was lost to another worker, or two writers met: the event is done all the same.
      await send(new UpdateItemCommand(finish));
      return false;
    },
  };
}

/** False when the transaction was cancelled: the lock is not ours any more, or two writers met. */
async function transact(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (awsErrorName(error) === 'TransactionCanceledException') return false;
    throw error;
  }
}

function deliveryOf(item: Values | undefined, nowSeconds: number): Delivery {
  const expired = item !== undefined && Number(item.expiresAt?.N ?? 0) < nowSeconds;
  const live = expired || item === undefined ? {} : item;
  const numbered = (prefix: string) =>
    new Set(
      Object.keys(live)
        .filter((name) => name.startsWith(prefix))
        .map((name) => Number(name.slice(prefix.length))),
    );
  return { done: live.state?.S === 'done', accepted: numbered('accepted_'), refused: numbered('refused_') };
}
