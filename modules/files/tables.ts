import type { Construct } from 'constructs';
import type { Condition, Optional } from '../parts/optional.ts';
import { type Key, Table } from '../parts/table.ts';
import type { Names } from './names.ts';

const EXECUTION_ID: Key = { name: 'execution_id', type: 'S' };

/** The index that the detector finds executions by. */
export const STATE_INDEX = 'state-updated_at-index';

export interface FilesTablesProps {
  readonly names: Names;
  readonly deletionProtection: Condition;
  readonly kmsKeyArn: Optional<string>;
}

export interface FilesTables {
  readonly locks: Table;
  readonly executions: Table;
}

/** The tables of contract files §8. */
export function makeTables(scope: Construct, props: FilesTablesProps): FilesTables {
  const { names, kmsKeyArn, deletionProtection } = props;
  const lasting = { kmsKeyArn, isLasting: true, deletionProtection, hashKey: EXECUTION_ID };
  return {
    locks: new Table(scope, 'locks', { ...lasting, name: names.locks, ttlAttribute: 'expiration_time' }),
    executions: new Table(scope, 'executions', {
      ...lasting,
      name: names.executions,
      ttlAttribute: 'expires_at',
      globalIndexes: [
        {
          name: STATE_INDEX,
          hashKey: { name: 'state', type: 'S' },
          rangeKey: { name: 'updated_at', type: 'S' },
          holdsAll: true,
        },
      ],
    }),
  };
}
