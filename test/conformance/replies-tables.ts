import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { SCHEMAS, TABLES } from '../runtime/replies/tables.ts';
import type { TableSchema } from '../support/dynamodb-table.ts';
import { tableInput } from './table-input.ts';

/** The four tables of the reply engine: part → name. */
export type RepliesTableNames = Readonly<Record<keyof typeof TABLES, string>>;

/** Makes the tables under names of their own. */
export async function createRepliesTables(dynamodb: DynamoDBClient): Promise<RepliesTableNames> {
  const suffix = randomUUID();
  const names = Object.entries(TABLES).map(([part, table]) => [part, table, `${table}-${suffix}`] as const);
  for (const [, table, name] of names)
    await dynamodb.send(new CreateTableCommand(tableInput(name, SCHEMAS[table] as TableSchema)));
  for (const [, , TableName] of names)
    await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30 }, { TableName });
  return Object.fromEntries(names.map(([part, , name]) => [part, name])) as unknown as RepliesTableNames;
}
