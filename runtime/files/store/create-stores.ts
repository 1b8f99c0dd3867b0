import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AwsClient } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { openStorage, type StorageConfig, type StoragePorts, storageSettings } from './create-storage.ts';
import type { ExecutionLock } from './execution-lock.ts';
import type { ExecutionTarget } from './execution-record.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { ExecutionTable } from './execution-table.ts';
import type { LockTable } from './lock-table.ts';
import type { MetricsByTarget } from './metrics.ts';
import { camelKeys, type EitherCase } from './naming.ts';
import type { StorageAdapter } from './storage.ts';
import { TableExecutions } from './table-executions.ts';
import { TableLock } from './table-lock.ts';

/** Storage, lock and records of one deployment (contract files §3). Keys may be written in snake_case as well. */
export interface StoresConfig extends StorageConfig {
  /** Default `sage_execution_locks`. */
  readonly lockTable?: string;
  /** Default 3600; with a heartbeat 120. */
  readonly lockTtlSeconds?: number;
  /** Default `sage_executions`. */
  readonly executionsTable?: string;
  /** Stands before the keys of locks. Default: none. */
  readonly keyNamespace?: string;
  /** Default 0. */
  readonly epoch?: number;
}

export interface StoresPorts extends StoragePorts {
  /** Makes the client; called only with `useS3`. */
  readonly dynamodb: () => AwsClient;
  readonly log: Log;
  readonly metrics: MetricsByTarget;
  /** Whose metrics the lock's are. */
  readonly target: ExecutionTarget;
}

const noAws = () => {
  throw new Error('No AWS client is needed for a folder.');
};

/** For stores in a folder: a client that is asked for all the same is a mistake. */
export const NO_AWS = { s3: noAws, dynamodb: noAws, presign: noAws } as const;

export interface Stores {
  readonly storage: StorageAdapter;
  readonly lock: ExecutionLock;
  readonly executions: ExecutionStore;
  close(): void;
}

interface Tables {
  readonly locks: LockTable;
  readonly executions: ExecutionTable;
  close(): void;
}

/**
 * With `useS3` a bucket and two tables, without it a folder and a file of tables in it. Throws `ConfigError` at once,
 * before it returns a promise.
 */
export function createStores(config: EitherCase<StoresConfig>, ports: StoresPorts): Promise<Stores> {
  const settings = storageSettings(config);
  const given = camelKeys(config) as StoresConfig;
  const { lockTtlSeconds: ttlSeconds = 3600 } = given;
  if (!(ttlSeconds >= 1)) throw new ConfigError(['lock_ttl_seconds must be a number of seconds, 1 or more']);
  const open = async (): Promise<Stores> => {
    const storage = await openStorage(settings, ports);
    const tables =
      settings.kind === 's3' ? await remoteTables(given, ports) : await localTables(settings.path);
    const { clock, log, metrics, target } = ports;
    const { keyNamespace = '', epoch = 0 } = given;
    const lock = { clock, log, metrics: metrics[target], ttlSeconds, keyNamespace };
    return {
      storage,
      lock: new TableLock({ table: tables.locks, ...lock }),
      executions: new TableExecutions({ table: tables.executions, clock, log, metrics, epoch }),
      close: tables.close,
    };
  };
  return open();
}

async function remoteTables(
  { lockTable = 'sage_execution_locks', executionsTable = 'sage_executions' }: StoresConfig,
  { dynamodb, clock }: { readonly dynamodb: () => AwsClient; readonly clock: Clock },
): Promise<Tables> {
  const [{ DynamoLockTable }, { DynamoExecutionTable }] = await Promise.all([
    import('./dynamo-lock-table.ts'),
    import('./dynamo-execution-table.ts'),
  ]);
  const client = dynamodb();
  return {
    locks: new DynamoLockTable(client, lockTable, clock),
    executions: new DynamoExecutionTable(client, executionsTable, clock),
    close: () => {},
  };
}

async function localTables(path: string): Promise<Tables> {
  const [{ openLocalTables, STATE_FILE }, { LocalLockTable }, { LocalExecutionTable }] = await Promise.all([
    import('./local-table.ts'),
    import('./local-lock-table.ts'),
    import('./local-execution-table.ts'),
  ]);
  await mkdir(path, { recursive: true });
  const tables = await openLocalTables(join(path, STATE_FILE));
  return {
    locks: new LocalLockTable(tables.locks),
    executions: new LocalExecutionTable(tables.executions),
    close: tables.close,
  };
}
