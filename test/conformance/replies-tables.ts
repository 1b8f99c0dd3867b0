import { randomUUID } from 'node:crypto';
import {
  type AttributeDefinition,
  CreateTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type LocalSecondaryIndex,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { SCHEMAS, TABLES } from '../runtime/replies/tables.ts';
import { type KeySchema, namesOf, type TableSchema } from '../support/dynamodb-table.ts';

/** The four tables of the reply engine: part → name. */
export type RepliesTableNames = Readonly<Record<keyof typeof TABLES, string>>;

const keySchema = ({ hash, range }: KeySchema) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
];

const ALL = { Projection: { ProjectionType: 'ALL' as const } };

function tableInput(TableName: string, schema: TableSchema) {
  const indexes = Object.entries(schema.indexes ?? {});
  const ofKind = (isLocal: boolean): (GlobalSecondaryIndex & LocalSecondaryIndex)[] =>
    indexes
      .filter(([, index]) => (index.isLocal ?? false) === isLocal)
      .map(([IndexName, index]) => ({ IndexName, KeySchema: keySchema(index), ...ALL }));
  const types = new Map<string, 'S' | 'N'>();
  for (const one of [schema, ...indexes.map(([, index]) => index)])
    for (const name of namesOf(one)) types.set(name, one.types?.[name] ?? types.get(name) ?? 'S');
  const [local, global] = [ofKind(true), ofKind(false)];
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: keySchema(schema),
    AttributeDefinitions: [...types].map(
      ([AttributeName, AttributeType]): AttributeDefinition => ({ AttributeName, AttributeType }),
    ),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
  };
}

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
