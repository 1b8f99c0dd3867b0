import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  LocalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import { type KeySchema, namesOf, type TableSchema } from '../support/dynamodb-table.ts';

const keySchema = ({ hash, range }: KeySchema) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
];

const ALL = { Projection: { ProjectionType: 'ALL' as const } };

/** What makes a table of a schema; every index projects everything. */
export function tableInput(TableName: string, schema: TableSchema) {
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
