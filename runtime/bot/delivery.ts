import {
  type AttributeValue,
  BatchGetItemCommand,
  GetItemCommand,
  TransactWriteItemsCommand,
  type Update,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws, LONG, type Patience, SHORT } from '../core/aws-errors.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import { ifConditionHolds, ownedBy } from '../core/lock.ts';

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
  /**
   * Takes an event id that is not the provider's for a chat; false when another chat has it, or an item past its
   * time that is not deleted yet.
   */
  reserve(key: DeliveryKey): Promise<boolean>;
  /** Which of these events are done. */
  doneAmong(provider: string, eventIds: readonly string[]): Promise<readonly string[]>;
  accepted(key: DeliveryKey, part: number, providerId: string): Promise<void>;
  /** What a status webhook says of a part: accepted at least, whatever else became of it. */
  reported(key: DeliveryKey, part: number, providerId: string, status: string): Promise<void>;
  /** Counts a failed attempt and resolves to their number; `refusedPart` was certainly not accepted. */
  failed(key: DeliveryKey, refusedPart: number | undefined): Promise<number>;
  /**
   * Notes that the user is told of the failure. True the first time, and only while nothing of a reply was
   * accepted.
   */
  markErrorTold(key: DeliveryKey): Promise<boolean>;
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

type Values = Record<string, AttributeValue>;
type UpdateInput = Update & { Key: Values };

/** Version of our own fields on the item. */
const DELIVERY_VERSION = '1';
/** Most keys of one `BatchGetItem` (AWS limit). */
const BATCH_GET_KEYS = 100;

/** The event id inside a key `evt:<provider>:<event id>`; the id itself may hold colons. */
const eventIdOf = (key: Values): string => key.user_id?.S?.split(':').slice(2).join(':') ?? '';

const itemKey = (provider: string, eventId: string) => ({ user_id: { S: `evt:${provider}:${eventId}` } });

/** A late or repeated write must not bring a finished event back. */
const STILL_SENDING = '#state = if_not_exists(#state, :sending)';
const SENDING: Values = { ':sending': { S: 'sending' } };

class DynamoDelivery implements DeliveryTable {
  constructor(
    private readonly dynamodb: AwsClient,
    private readonly table: string,
    private readonly clock: Clock,
    private readonly ttlSeconds: number,
  ) {}

  async read({ provider, eventId }: DeliveryKey): Promise<Delivery> {
    const input = { TableName: this.table, Key: itemKey(provider, eventId), ConsistentRead: true };
    const { Item } = await this.send('GetItem', new GetItemCommand(input));
    return deliveryOf(Item, epochSeconds(this.clock));
  }

  async reserve(key: DeliveryKey): Promise<boolean> {
    const input = this.updateInput(key, [STILL_SENDING], { ...SENDING, ...this.now() });
    const ConditionExpression = 'attribute_not_exists(user_id) OR (chat_id = :chat AND expiresAt >= :now)';
    try {
      await this.send('UpdateItem', new UpdateItemCommand({ ...input, ConditionExpression }));
      return true;
    } catch (error) {
      if (awsErrorName(error) === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  async doneAmong(provider: string, eventIds: readonly string[]): Promise<readonly string[]> {
    const done: string[] = [];
    let open = [...eventIds];
    while (open.length > 0) {
      const Keys = open.slice(0, BATCH_GET_KEYS).map((id) => itemKey(provider, id));
      const input = { RequestItems: { [this.table]: { Keys, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await this.send('BatchGetItem', new BatchGetItemCommand(input));
      const items: Values[] = Responses?.[this.table] ?? [];
      done.push(...items.filter((item) => deliveryOf(item, epochSeconds(this.clock)).done).map(eventIdOf));
      const unread: Values[] = UnprocessedKeys?.[this.table]?.Keys ?? [];
      // Throttled keys are asked for again, but not for ever: what is not known to be done keeps its reply.
      if (unread.length === Keys.length) break;
      open = [...unread.map(eventIdOf), ...open.slice(BATCH_GET_KEYS)];
    }
    return done;
  }

  async accepted(key: DeliveryKey, part: number, providerId: string): Promise<void> {
    const values = { ...SENDING, ':id': { S: providerId } };
    const mark = this.updateInput(key, [`accepted_${part} = :id`, STILL_SENDING], values);
    await this.send('UpdateItem', new UpdateItemCommand(mark), LONG);
  }

  async reported(key: DeliveryKey, part: number, providerId: string, status: string): Promise<void> {
    const mark = status === 'delivered' || status === 'read' ? [`${status}_${part} = :now`] : [];
    const values = { ...SENDING, ...(mark.length > 0 && this.now()), ':id': { S: providerId } };
    await this.update(key, [`accepted_${part} = :id`, STILL_SENDING, ...mark], values);
  }

  async failed(key: DeliveryKey, refusedPart: number | undefined): Promise<number> {
    const note = refusedPart === undefined ? [] : [`refused_${refusedPart} = :now`];
    const values = { ...SENDING, ...(note.length > 0 && this.now()), ':one': { N: '1' } };
    const input = this.updateInput(key, [STILL_SENDING, ...note], values, ' ADD attempts :one');
    const command = new UpdateItemCommand({ ...input, ReturnValues: 'UPDATED_NEW' });
    const { Attributes } = await this.send('UpdateItem', command);
    return Number(Attributes?.attempts?.N ?? 1);
  }

  async markErrorTold(key: DeliveryKey): Promise<boolean> {
    const input = {
      ...this.updateInput(key, ['error_told = :now', STILL_SENDING], {
        ...SENDING,
        ...this.now(),
        ':done': { S: 'done' },
      }),
      ConditionExpression:
        'attribute_not_exists(error_told) AND attribute_not_exists(accepted_1) AND (attribute_not_exists(#state) OR #state <> :done)',
    };
    return ifConditionHolds(() => this.send('UpdateItem', new UpdateItemCommand(input)));
  }

  async unrefuse(key: DeliveryKey, part: number): Promise<void> {
    await this.update(key, [STILL_SENDING], SENDING, ` REMOVE refused_${part}`);
  }

  async done(...[key, last, lock]: Parameters<DeliveryTable['done']>): Promise<boolean> {
    const mark = last ? [`accepted_${last.part} = :id`] : [];
    const values: Values = { ':done': { S: 'done' }, ...(last && { ':id': { S: last.providerId } }) };
    const finish = this.updateInput(key, ['#state = :done', ...mark], values);
    if (lock && (await this.finishAndRelease(finish, lock))) return true;
    // There is no lock, it was lost to another worker, or two writers met: the event is done all the same.
    await this.send('UpdateItem', new UpdateItemCommand(finish), LONG);
    return false;
  }

  /** False when the transaction was cancelled: the lock is not ours any more, or two writers met. */
  private async finishAndRelease(
    finish: UpdateInput,
    lock: { readonly key: string; readonly owner: string },
  ) {
    const release = { TableName: this.table, Key: { user_id: { S: lock.key } }, ...ownedBy(lock.owner) };
    const command = new TransactWriteItemsCommand({
      TransactItems: [{ Update: finish }, { Delete: release }],
    });
    try {
      await this.send('TransactWriteItems', command, LONG);
      return true;
    } catch (error) {
      if (awsErrorName(error) === 'TransactionCanceledException') return false;
      throw error;
    }
  }

  private now(): Values {
    return { ':now': { N: String(epochSeconds(this.clock)) } };
  }

  private async update(
    ...[key, set, values, rest]: Parameters<DynamoDelivery['updateInput']>
  ): Promise<void> {
    await this.send('UpdateItem', new UpdateItemCommand(this.updateInput(key, set, values, rest)));
  }

  /** An update of the item that also keeps its fixed attributes; `set` and `rest` are expression parts. */
  private updateInput(key: DeliveryKey, set: readonly string[], values: Values, rest = ''): UpdateInput {
    return {
      TableName: this.table,
      Key: itemKey(key.provider, key.eventId),
      UpdateExpression: `SET chat_id = if_not_exists(chat_id, :chat), v = :v, expiresAt = :expires, ${set.join(', ')}${rest}`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':chat': { S: key.chatId },
        ':v': { N: DELIVERY_VERSION },
        ':expires': { N: String(epochSeconds(this.clock) + this.ttlSeconds) },
        ...values,
      },
    };
  }

  private send(operation: string, command: object, patience: Patience = SHORT) {
    return callAws(this.clock, `dynamodb:${operation}`, () => this.dynamodb.send(command), patience);
  }
}

/** Delivery items in the lock table. `ttlSeconds`: life of an item, counted from its last write. */
export const dynamoDelivery = (
  dynamodb: AwsClient,
  table: string,
  clock: Clock,
  ttlSeconds: number,
): DeliveryTable => new DynamoDelivery(dynamodb, table, clock, ttlSeconds);

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
