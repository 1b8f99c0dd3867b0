import { type Item, itemBytes, storedValue, valueBytes } from '../core/dynamodb-values.ts';
import type { Append } from './append.ts';
import { planAppend } from './append-plan.ts';
import { RepliesError } from './errors.ts';
import { type PendingTurn, pendingTurnData } from './pending-turn.ts';
import type { Conversation } from './record.ts';

/** DynamoDB's limit, less what the writes of a turn add beside the turn itself. */
const MAX_BYTES = 400 * 1024 - 2048;
/** What the reply will take. */
const REPLY_BYTES = 49_152;

export interface RoomPorts {
  readonly append: Append;
  readonly config: { readonly archiveAtBytes: number };
}

/**
 * Makes sure that a turn fits into its record, before it is stored: the oldest entries go to the archive where it
 * does not (contract replies §4.8). Resolves to whether they did. Throws hold where that is no help: a reply that
 * cannot be stored would be asked for again and again.
 */
export async function makeRoom(
  turn: PendingTurn,
  conversation: Conversation,
  { append, config }: RoomPorts,
): Promise<boolean> {
  const { item, key } = conversation;
  const bytes = bytesWith(turn, item);
  const replyBytes = turn.state === 'collected' ? REPLY_BYTES : 0;
  if (bytes + replyBytes <= MAX_BYTES) return false;
  const plan = planAppend(item, [], config.archiveAtBytes);
  const leaving = plan.kind === 'replace' ? (item.messages?.L ?? []).slice(0, plan.leaving) : [];
  if (bytes + replyBytes - valueBytes({ L: [...leaving] }) > MAX_BYTES)
    throw new RepliesError(
      'RECORD_TOO_LARGE',
      'The record has no room for a reply, and nothing in it can go to the archive: shorten its attributes, then redrive the trigger',
      'hold',
    );
  if (bytes <= MAX_BYTES) return false;
  await append({ key, conversation, guard: { messageSids: [] }, entries: [], processedSids: [] });
  return true;
}

function bytesWith(turn: PendingTurn, { pending_turn: _, ...rest }: Item): number {
  return itemBytes(rest) + valueBytes(storedValue(pendingTurnData(turn)));
}
