import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AwsClient, Patience } from '../core/aws-errors.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import type { Item } from '../core/dynamodb-values.ts';
import { keyForms } from './address.ts';
import { UNSET } from './flag.ts';
import { PROCESSING, remaining, takeInput } from './lease-take.ts';
import { partPath } from './pending-turn.ts';
import { type Conversation, type RecordKey, readConversation } from './record.ts';
import { Expression, type RecordChange, updateExpression } from './record-change.ts';
import { conditionFailure, recordKeyItem, tableCall } from './table-call.ts';

/** The right to work on a conversation. Every write under it fails once another worker took it (contract replies §4.1). */
export interface Lease {
  /** As stored. */
  readonly key: RecordKey;
  readonly owner: string;
  readonly fence: number;
  readonly expiresAtSeconds: number;
  /** What the status goes back to where nothing was done. */
  readonly statusBeforeLock: string | undefined;
}

export interface LeaseRequest extends RecordKey {
  /** Unique for each take. */
  readonly owner: string;
  readonly lengthSeconds: number;
}

export type TakeResult =
  /** `conversation` is the record after the write: no other read is needed. */
  | { readonly status: 'taken'; readonly lease: Lease; readonly conversation: Conversation }
  /** Another worker has it for so long at the most; `conversation` is what stands there. */
  | { readonly status: 'busy'; readonly remainingSeconds: number; readonly conversation: Conversation }
  | { readonly status: 'missing' };

/** A status callback named the sid of a part meanwhile. */
export interface ToldSid {
  readonly sid: string;
}

/** `lost`: another worker has the lease. The others: nothing was written because of what stands there. */
export type FencedResult = 'written' | 'lost' | Flag | ToldSid;

/** What keeps a part from being sent. */
const FLAGS = { handed_off: 'hand_off_to_human', opted_out: 'opted_out' } as const;
type Flag = keyof typeof FLAGS;

export interface UpdateOptions {
  /** Only while the record has none of these. */
  readonly unless?: readonly Flag[];
  /** Only while the pending turn's part of this number (from 1) has no sid, or this one. */
  readonly part?: { readonly number: number; readonly sid?: string };
  /** Default: short. */
  readonly patience?: Patience;
}

/** Who may work on a conversation. Throws `RepliesError` by class. */
export interface Leases {
  /** Under the key as given or with the other form of the address. Never makes a record. */
  take(request: LeaseRequest): Promise<TakeResult>;
  /** Undefined when it is lost. */
  renew(lease: Lease, lengthSeconds: number): Promise<Lease | undefined>;
  /**
   * Gives it back with what else changes. Without `conversation_status` in it the status before the lease is
   * restored. With it the turn failed, and the status before the lease stays beside it, for whoever finds in the end
   * that nothing is to be done. False when it was lost.
   */
  release(lease: Lease, change?: RecordChange): Promise<boolean>;
  /** Changes the record under the lease. */
  update(lease: Lease, change: RecordChange, options?: UpdateOptions): Promise<FencedResult>;
}

/** Attributes that are there only while a lease is held, the last of them until its turn is over. */
export const LEASE_ATTRIBUTES = [
  'lock_owner',
  'lock_expires_at',
  'processing_started_at',
  'status_before_lock',
];

class DynamoLeases implements Leases {
  private readonly call;

  constructor(
    dynamodb: AwsClient,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {
    this.call = tableCall(dynamodb, clock, 'db', 'DB_UPDATE_ERROR');
  }

  async take(request: LeaseRequest): Promise<TakeResult> {
    for (const primaryChannel of keyForms(request.primaryChannel)) {
      const result = await this.takeAt({ ...request, primaryChannel });
      if (result.status !== 'missing') return result;
    }
    return { status: 'missing' };
  }

  private async takeAt(request: LeaseRequest): Promise<TakeResult> {
    const command = new UpdateItemCommand(takeInput(this.tableName, request, this.clock));
    try {
      const { Attributes = {} } = await this.call('UpdateItem', command);
      return taken(Attributes, request.owner);
    } catch (error) {
      const failure = conditionFailure(error);
      if (!failure) throw error;
      if (!failure.item) return { status: 'missing' };
      // Mine already: an earlier try got through and its answer was lost.
      if (failure.item.lock_owner?.S === request.owner) return taken(failure.item, request.owner);
      const conversation = readConversation(failure.item);
      const remainingSeconds = remaining(conversation, request.lengthSeconds, this.clock);
      return { status: 'busy', remainingSeconds, conversation };
    }
  }

  async renew(lease: Lease, lengthSeconds: number): Promise<Lease | undefined> {
    const expiresAtSeconds = epochSeconds(this.clock) + lengthSeconds;
    const result = await this.update(lease, { set: { lock_expires_at: expiresAtSeconds } });
    return result === 'written' ? { ...lease, expiresAtSeconds } : undefined;
  }

  async release(lease: Lease, change: RecordChange = {}): Promise<boolean> {
    const { set = {}, remove = [] } = change;
    const before = lease.statusBeforeLock;
    const restores = set.conversation_status === undefined;
    const failed = await this.write(lease, {
      ...change,
      set: restores && before !== undefined ? { ...set, conversation_status: before } : set,
      remove: [
        ...LEASE_ATTRIBUTES.filter((name) => restores || name !== 'status_before_lock'),
        ...remove,
        ...(restores && before === undefined ? ['conversation_status'] : []),
      ],
    });
    return failed === undefined || isReleased(failed.item, lease);
  }

  async update(lease: Lease, change: RecordChange, options: UpdateOptions = {}): Promise<FencedResult> {
    const failed = await this.write(lease, change, options);
    if (!failed) return 'written';
    if (!isHeld(failed.item, lease)) return 'lost';
    const { number = 0 } = options.part ?? {};
    const there = failed.item && readConversation(failed.item);
    const sid = there?.pendingTurn?.parts[number - 1]?.sid;
    if (sid !== undefined && sid !== options.part?.sid) return { sid };
    // What nothing here explains is a person's, too: the user must not wait for nobody.
    return there?.isOptedOut && !there.isHandedOff ? 'opted_out' : 'handed_off';
  }

  /** Undefined when it was written; else what stands there. */
  private async write(
    lease: Lease,
    change: RecordChange,
    { unless = [], part, patience }: UpdateOptions = {},
  ) {
    const expression = new Expression();
    const conditions = [
      ...fenceConditions(expression, lease),
      ...unless.map((flag) => isUnset(expression, FLAGS[flag])),
      ...(part ? [isUntold(expression, part)] : []),
    ];
    const command = new UpdateItemCommand({
      TableName: this.tableName,
      Key: recordKeyItem(lease.key),
      UpdateExpression: updateExpression(expression, change),
      ConditionExpression: conditions.join(' AND '),
      ...expression.placeholders(),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.call('UpdateItem', command, patience);
      return undefined;
    } catch (error) {
      const failure = conditionFailure(error);
      if (!failure) throw error;
      return failure;
    }
  }
}

export const dynamoLeases = (dynamodb: AwsClient, tableName: string, clock: Clock): Leases =>
  new DynamoLeases(dynamodb, tableName, clock);

/** The conditions "this lease is still held". */
export const fenceConditions = (expression: Expression, { owner, fence }: Lease): readonly string[] => [
  expression.equals('lock_owner', owner),
  expression.equals('lock_fence', fence),
];

/** The condition that says what `isSet` says of a flag. */
function isUnset(expression: Expression, path: string): string {
  const name = expression.path(path);
  const values = UNSET.map((value) => expression.value(value));
  return `(attribute_not_exists(${name}) OR ${name} IN (${values.join(', ')}))`;
}

function isUntold(expression: Expression, { number, sid }: NonNullable<UpdateOptions['part']>): string {
  const path = `${partPath(number)}.sid`;
  const isAbsent = `attribute_not_exists(${expression.path(path)})`;
  return sid === undefined ? isAbsent : `(${isAbsent} OR ${expression.equals(path, sid)})`;
}

const isHeld = (item: Item | undefined, { owner, fence }: Lease): boolean =>
  item?.lock_owner?.S === owner && item.lock_fence?.N === String(fence);

/** Whether the lease was given back by its owner: nobody took it since, as the fence says. */
export const isReleased = (item: Item | undefined, { fence }: Lease): boolean =>
  item !== undefined && item.lock_owner === undefined && item.lock_fence?.N === String(fence);

function taken(item: Item, owner: string): TakeResult {
  const conversation = readConversation(item);
  const {
    key,
    lockFence: fence,
    lockExpiresAtSeconds: expiresAtSeconds = 0,
    statusBeforeLock,
  } = conversation;
  // A lock of the earlier version left nothing else to go back to.
  const before = statusBeforeLock === PROCESSING ? 'retry' : statusBeforeLock;
  return {
    status: 'taken',
    lease: { key, owner, fence, expiresAtSeconds, statusBeforeLock: before },
    conversation,
  };
}
