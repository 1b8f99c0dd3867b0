import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { STATE_INDEX } from '../../runtime/files/store/execution-table.ts';
import type { TableSchema } from '../support/dynamodb-table.ts';
import { tableInput } from './table-input.ts';

/** The tables of files (contract files §8). */
export const LOCKS_SCHEMA: TableSchema = { hash: 'execution_id' };
export const EXECUTIONS_SCHEMA: TableSchema = {
  hash: 'execution_id',
  indexes: { [STATE_INDEX]: { hash: 'state', range: 'updated_at' } },
};

/** Names of the tables. */
export interface FilesTableNames {
  readonly locks: string;
  readonly executions: string;
}

/** Makes the tables under names of their own. */
export async function createFilesTables(dynamodb: DynamoDBClient): Promise<FilesTableNames> {
  const suffix = randomUUID();
  const names = { locks: `sage-locks-${suffix}`, executions: `sage-executions-${suffix}` };
  const inputs = [tableInput(names.locks, LOCKS_SCHEMA), tableInput(names.executions, EXECUTIONS_SCHEMA)];
  for (const input of inputs) await dynamodb.send(new CreateTableCommand(input));
  for (const { TableName } of inputs)
    await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30 }, { TableName });
  return names;
}
