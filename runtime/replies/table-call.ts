import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws, type Patience, SHORT } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { Item } from '../core/dynamodb-values.ts';
import { databaseError, type RepliesCode, type TablePart } from './errors.ts';
import type { RecordKey } from './record.ts';

/** Sends one command to a table, with the safe repetitions; a failure carries the engine's code. */
export type TableCall = (operation: string, command: object, patience?: Patience) => Promise<TableOutput>;

/** What table commands answer, as far as the engine reads it. */
export interface TableOutput {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly Attributes?: Item;
  readonly LastEvaluatedKey?: Record<string, AttributeValue>;
  readonly UnprocessedItems?: Readonly<Record<string, readonly object[]>>;
}

/** `other`: the code of a failure that is neither transient, nor a matter of rights, nor a refused expression. */
export function tableCall(dynamodb: AwsClient, clock: Clock, part: TablePart, other: RepliesCode): TableCall {
  return async (operation, command, patience = SHORT) => {
    try {
      return await callAws(clock, `dynamodb:${operation}`, () => dynamodb.send(command), patience);
    } catch (error) {
      throw databaseError(error, part, other);
    }
  };
}

/** Every page of a query; `ask` sends it from the given key on. */
export async function allPages(
  ask: (startKey: Record<string, AttributeValue> | undefined) => Promise<TableOutput>,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await ask(startKey);
    items.push(...(page.Items ?? []));
    startKey = page.LastEvaluatedKey;
  } while (startKey && items.length < limit);
  return items.slice(0, limit);
}

/** What stood there when a condition failed, if anything. Undefined for any other error. */
export function conditionFailure(error: unknown): { readonly item: Item | undefined } | undefined {
  if (awsErrorName(error) !== 'ConditionalCheckFailedException') return undefined;
  return { item: (error as { Item?: Item }).Item };
}

export const recordKeyItem = ({ primaryChannel, conversationId }: RecordKey) => ({
  primary_channel: { S: primaryChannel },
  conversation_id: { S: conversationId },
});
