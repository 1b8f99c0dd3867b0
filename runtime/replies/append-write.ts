import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, storedItem, storedValue } from '../core/dynamodb-values.ts';
import type { AppendRequest } from './append.ts';
import type { ArchiveBlock, ReplacePlan } from './append-plan.ts';
import { fenceConditions, LEASE_ATTRIBUTES } from './lease.ts';
import { REPLIES_VERSION } from './pending-turn.ts';
import type { Conversation } from './record.ts';
import { Expression, type RecordChange, updateExpression } from './record-change.ts';
import { recordKeyItem } from './table-call.ts';

/** Newest inbound sids that a record remembers. */
const KEPT_SIDS = 200;

/**
 * Counts changes made in place to entries and to the parts of a pending turn. What is written anew from them depends
 * on it, so that no such change is undone. Whoever changes `messages[i]` or a part from outside its turn adds 1.
 */
export const ENTRY_EDITS = 'entry_edits';

/** The assignments and conditions of one write. */
interface Parts {
  readonly expression: Expression;
  readonly assignments: string[];
  readonly conditions: string[];
}

/** The update of the record for an append. */
export function appendUpdate(
  tableName: string,
  request: AppendRequest,
  conversation: Conversation,
  plan: { readonly kind: 'append'; readonly entries: readonly AttributeValue[] } | ReplacePlan,
  nowIso: string,
) {
  const parts: Parts = { expression: new Expression(), assignments: [], conditions: [] };
  const { expression, conditions } = parts;
  conditions.push(
    `attribute_exists(${expression.path('conversation_id')})`,
    ...guardConditions(expression, request),
    ...(request.unchanged ?? []).map((name) => unchanged(expression, name, conversation.item[name])),
  );
  if (plan.kind === 'append') appendEntries(parts, plan.entries, request, conversation);
  else replaceEntries(parts, plan, conversation);
  rememberSids(parts, request.processedSids, conversation);
  const change = wholeChange(request, conversation, nowIso);
  return {
    TableName: tableName,
    Key: recordKeyItem(conversation.key),
    UpdateExpression: updateExpression(expression, change, parts.assignments),
    ConditionExpression: conditions.join(' AND '),
    ...expression.placeholders(),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The write of one archive block; the same block is never written twice. */
export const putBlock = (tableName: string, { key }: Conversation, { entryNo, entries }: ArchiveBlock) => ({
  TableName: tableName,
  Item: {
    ...storedItem({ conversation_id: key.conversationId, entry_no: entryNo, v: REPLIES_VERSION }),
    primary_channel: { S: key.primaryChannel },
    entries: { L: [...entries] },
  },
  ConditionExpression: 'attribute_not_exists(conversation_id)',
});

/** Names one try of a transaction, whose repetitions after a lost answer must not be done twice. */
export const newRequestToken = (): string => randomUUID();

function guardConditions(expression: Expression, { guard }: AppendRequest): readonly string[] {
  if ('lease' in guard)
    return [
      ...fenceConditions(expression, guard.lease),
      expression.equals('pending_turn.turn_id', guard.turnId),
    ];
  return guard.messageSids.map(
    (sid) => `NOT contains(${expression.path('processed_sids')}, ${expression.value(sid)})`,
  );
}

function appendEntries(
  parts: Parts,
  entries: readonly AttributeValue[],
  { renew }: AppendRequest,
  { item }: Conversation,
): void {
  const { expression, conditions } = parts;
  prolong(parts, 'messages', { L: [...entries] }, item);
  if (renew) conditions.push(unchanged(expression, ENTRY_EDITS, item[ENTRY_EDITS]));
}

/** Where another service wrote null, the list begins. */
function prolong(
  { expression, assignments, conditions }: Parts,
  name: string,
  added: AttributeValue,
  item: Item,
): void {
  const known = item[name];
  const [list, more] = [expression.path(name), expression.stored(added)];
  if (known?.NULL) {
    assignments.push(`${list} = ${more}`);
    conditions.push(unchanged(expression, name, known));
  } else assignments.push(`${list} = list_append(if_not_exists(${list}, ${expression.value([])}), ${more})`);
}

/** Only over the list as it was read: same length, same place in the archive, no entry changed since. */
function replaceEntries(parts: Parts, plan: ReplacePlan, { item, archivedCount }: Conversation): void {
  const { expression, assignments, conditions } = parts;
  const messages = expression.path('messages');
  assignments.push(
    `${messages} = ${expression.stored({ L: [...plan.kept] })}`,
    expression.equals('archived_count', archivedCount + plan.leaving),
  );
  conditions.push(
    item.messages === undefined || item.messages.NULL
      ? unchanged(expression, 'messages', item.messages)
      : `size(${messages}) = ${expression.value(item.messages.L?.length ?? 0)}`,
    unchanged(expression, 'archived_count', item.archived_count),
    unchanged(expression, ENTRY_EDITS, item[ENTRY_EDITS]),
  );
}

const unchanged = (expression: Expression, path: string, value: AttributeValue | undefined): string =>
  value === undefined
    ? `attribute_not_exists(${expression.path(path)})`
    : `${expression.path(path)} = ${expression.stored(value)}`;

function rememberSids(parts: Parts, added: readonly string[], read: Conversation) {
  const known = [...read.processedSids];
  const fresh = added.filter((sid) => !read.processedSids.has(sid));
  if (fresh.length === 0) return;
  if (known.length + fresh.length <= KEPT_SIDS)
    return prolong(parts, 'processed_sids', storedValue(fresh), read.item);
  const { expression, assignments, conditions } = parts;
  // A list cannot be shortened and prolonged at once; so it is written anew, if nobody added to it meanwhile.
  assignments.push(
    `${expression.path('processed_sids')} = ${expression.value([...known, ...fresh].slice(-KEPT_SIDS))}`,
  );
  conditions.push(unchanged(expression, 'processed_sids', read.item.processed_sids));
}

/** What an append changes beside the lists; the request's own assignments win. */
function wholeChange(
  request: AppendRequest,
  { item, entries, archivedCount }: Conversation,
  nowIso: string,
): RecordChange {
  const { guard, change = {} } = request;
  const isTurn = 'lease' in guard;
  const added = request.entries.length;
  const isCounted = item.message_count?.N !== undefined;
  const user = request.entries.find((entry) => entry.role === 'user');
  const assistant = request.entries.find((entry) => entry.role === 'assistant');
  const ends = ['pending_turn', 'turn_attempts', ...LEASE_ATTRIBUTES];
  const counts = Object.entries({ ...change.add, ...(isCounted && added > 0 && { message_count: added }) });
  // Nothing can be added to what another service wrote as null: such a count begins.
  const isNumber = ([name]: [string, unknown]) => item[name] === undefined || item[name]?.N !== undefined;
  return {
    set: {
      updated_at: nowIso,
      last_user_message_at: user?.timestamp,
      last_assistant_message_sid: assistant?.partSids.at(-1),
      last_turn_id: isTurn ? guard.turnId : undefined,
      message_count: isCounted ? undefined : archivedCount + entries.length + added,
      ...Object.fromEntries(counts.filter((count) => !isNumber(count))),
      ...change.set,
    },
    remove: [...(change.remove ?? []), ...(isTurn ? ends : [])],
    add: Object.fromEntries(counts.filter(isNumber)),
  };
}
