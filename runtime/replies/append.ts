import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClient, LONG } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { type Item, storedValue } from '../core/dynamodb-values.ts';
import { transactWrite } from '../core/transaction.ts';
import { planAppend } from './append-plan.ts';
import { appendUpdate, newRequestToken, putBlock } from './append-write.ts';
import type { Conversations } from './conversations.ts';
import { entryData, type NewEntry } from './entry.ts';
import { databaseError, RepliesError } from './errors.ts';
import { isReleased, type Lease } from './lease.ts';
import { type Conversation, type RecordKey, readConversation } from './record.ts';
import type { RecordChange } from './record-change.ts';
import { conditionFailure, tableCall } from './table-call.ts';

/** What an append depends on. */
export type AppendGuard =
  /** The worker's: its lease, and `pending_turn` still of this turn. The append ends both. */
  | { readonly lease: Lease; readonly turnId: string }
  /** The webhook's and the sweeper's: none of these messages was processed. None: entries may only go to the archive. */
  | { readonly messageSids: readonly string[] };

export interface AppendRequest {
  readonly key: RecordKey;
  /** From a consistent read or a lease; absent = it is read first. One that is out of date costs another try. */
  readonly conversation?: Conversation | undefined;
  readonly guard: AppendGuard;
  readonly entries: readonly NewEntry[];
  /** Inbound sids that count as processed from now on; the newest 200 are kept. */
  readonly processedSids: readonly string[];
  /**
   * What else changes with the same write. The append itself writes `updated_at`, `last_*`, counts and sids; under
   * a lease it also removes `pending_turn`, `turn_attempts` and the lease.
   */
  readonly change?: RecordChange;
  /**
   * Makes entries and change anew from the record as another write left it meanwhile. Without it they do not depend
   * on the record.
   */
  readonly renew?: (there: Conversation) => Pick<AppendRequest, 'entries' | 'change'>;
  /** Attributes that what is written depends on: they must still be as they were read. */
  readonly unchanged?: readonly string[];
}

export type AppendResult =
  | { readonly status: 'appended'; readonly archivedEntries: number }
  /** Without a lease: one of the sids was processed before. */
  | { readonly status: 'already' }
  /** The lease is another worker's, or the turn is another one. */
  | { readonly status: 'lost' }
  | { readonly status: 'missing' };

/** The one way in which entries come into a record (contract replies §4.8). Throws `RepliesError` by class. */
export type Append = (request: AppendRequest) => Promise<AppendResult>;

export interface AppendPorts {
  readonly dynamodb: AwsClient;
  readonly tables: { readonly conversations: string; readonly archive: string };
  readonly conversations: Pick<Conversations, 'get'>;
  readonly clock: Clock;
  /** A record larger than this moves its oldest entries to the archive. */
  readonly archiveAtBytes: number;
}

/** Tries in all, when others write to the same record. */
const TRIES = 3;

export function recordAppend(ports: AppendPorts): Append {
  return async (given) => {
    let request = given;
    let conversation = request.conversation ?? (await ports.conversations.get(request.key));
    for (let tried = 1; conversation; tried++) {
      const written = await write(ports, request, conversation);
      if ('status' in written) return written;
      const there = written.item
        ? readConversation(written.item)
        : await ports.conversations.get(conversation.key);
      const verdict = there && settled(request, there);
      if (verdict) return verdict;
      if (tried >= TRIES)
        throw new RepliesError(
          'APPEND_CONFLICT',
          'The record was changed at each of 3 tries to write it',
          'transient',
        );
      conversation = there;
      if (there) request = { ...given, ...given.renew?.(there) };
    }
    return { status: 'missing' };
  };
}

type Written = AppendResult | { readonly item: Item | undefined };

async function write(
  ports: AppendPorts,
  request: AppendRequest,
  conversation: Conversation,
): Promise<Written> {
  const { dynamodb, tables, clock, archiveAtBytes } = ports;
  const added = request.entries.map((entry) => storedValue(entryData(entry)));
  const plan = planAppend(conversation.item, added, archiveAtBytes);
  const nowIso = new Date(clock.nowMillis()).toISOString();
  const update = appendUpdate(tables.conversations, request, conversation, plan, nowIso);
  if (plan.kind === 'append' || !plan.block) return writeAlone(ports, update);
  const TransactItems = [{ Put: putBlock(tables.archive, conversation, plan.block) }, { Update: update }];
  const input = { TransactItems, ClientRequestToken: newRequestToken() };
  try {
    const result = await transactWrite(dynamodb, clock, input, LONG);
    if (result.status === 'refused') return { item: result.items[1] };
    return { status: 'appended', archivedEntries: plan.block.entries.length };
  } catch (error) {
    throw databaseError(error, 'db', 'DB_UPDATE_ERROR');
  }
}

async function writeAlone(
  { dynamodb, clock }: AppendPorts,
  update: ReturnType<typeof appendUpdate>,
): Promise<Written> {
  const call = tableCall(dynamodb, clock, 'db', 'DB_UPDATE_ERROR');
  try {
    await call('UpdateItem', new UpdateItemCommand(update), LONG);
    return { status: 'appended', archivedEntries: 0 };
  } catch (error) {
    const failure = conditionFailure(error);
    if (!failure) throw error;
    return failure;
  }
}

/** What a failed condition means once the record is seen; undefined = it changed, and another try is right. */
function settled({ guard }: AppendRequest, there: Conversation): AppendResult | undefined {
  if (!('lease' in guard))
    return guard.messageSids.some((sid) => there.processedSids.has(sid)) ? { status: 'already' } : undefined;
  const { lease, turnId } = guard;
  const isHeld = there.lockOwner === lease.owner && there.lockFence === lease.fence;
  if (isHeld) return there.pendingTurn?.turnId === turnId ? undefined : { status: 'lost' };
  // Mine already: an earlier try got through and its answer was lost.
  const isMine = isReleased(there.item, lease) && there.item.last_turn_id?.S === turnId;
  return isMine ? { status: 'appended', archivedEntries: 0 } : { status: 'lost' };
}
