import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import {
  attribute,
  type Condition,
  choose,
  flagOf,
  given,
  named,
  not,
  type Optional,
  unwrap,
  when,
} from './optional.ts';

/** Name of a key attribute and its type: S text, N number. */
export interface Key {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface TableIndex {
  readonly name: string;
  /** Of a local index always the table's. */
  readonly hashKey: Key;
  readonly rangeKey: Key;
  /** It holds every attribute, else keys alone. Default: false. */
  readonly holdsAll?: Condition;
}

export interface TableProps {
  readonly name: string;
  /** The caller's own table: then nothing is made. Default: make one. */
  readonly own?: Optional<{ readonly name: string; readonly arn: string }>;
  readonly kmsKeyArn: Optional<string>;
  readonly hashKey: Key;
  readonly rangeKey?: Key;
  /** Attribute with the time from which DynamoDB may delete an item. Default: nothing is deleted. */
  readonly ttlAttribute?: string;
  readonly globalIndexes?: readonly TableIndex[];
  readonly localIndexes?: readonly TableIndex[];
  /** What is kept for good: backups to any second of the last 35 days, and if asked no deletion. Default: false. */
  readonly isLasting?: boolean;
  readonly deletionProtection?: Condition;
}

/** A table that is paid by request, encrypted. */
export class Table extends Construct {
  readonly table: DynamodbTable | undefined;
  readonly tableName: string;
  readonly tableArn: string;

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id);
    const { own } = props;
    const wanted: Condition = not(given(own));
    this.table = when(
      wanted,
      (count) =>
        new DynamodbTable(this, 'Default', {
          name: props.name,
          billingMode: 'PAY_PER_REQUEST',
          ...keysOf(props),
          ...indexesOf(props),
          ...(props.ttlAttribute ? { ttl: { attributeName: props.ttlAttribute, enabled: true } } : {}),
          serverSideEncryption: { enabled: true, ...keyArn(props.kmsKeyArn) },
          pointInTimeRecovery: { enabled: props.isLasting ?? false },
          ...(props.deletionProtection === undefined
            ? {}
            : { deletionProtectionEnabled: flagOf(props.deletionProtection) }),
          ...count,
        }),
    );
    this.tableName = named(
      this,
      'name',
      choose(given(own), unwrap(own)?.name ?? '', attribute(this.table, 'name')),
    );
    this.tableArn = named(
      this,
      'arn',
      choose(given(own), unwrap(own)?.arn ?? '', attribute(this.table, 'arn')),
    );
  }
}

/** DynamoDB wants to know the attributes that are keys of the table or of an index, and no other. */
function keysOf({ hashKey, rangeKey, globalIndexes = [], localIndexes = [] }: TableProps) {
  const inIndexes = [...globalIndexes, ...localIndexes].flatMap((index) => [index.hashKey, index.rangeKey]);
  const types = new Map(
    [hashKey, ...(rangeKey ? [rangeKey] : []), ...inIndexes].map((key) => [key.name, key]),
  );
  return {
    hashKey: hashKey.name,
    ...(rangeKey ? { rangeKey: rangeKey.name } : {}),
    attribute: [...types.values()].map(({ name, type }) => ({ name, type })),
  };
}

function indexesOf({ globalIndexes = [], localIndexes = [] }: TableProps) {
  return {
    ...(globalIndexes.length > 0
      ? {
          globalSecondaryIndex: globalIndexes.map((index) => ({
            name: index.name,
            hashKey: index.hashKey.name,
            rangeKey: index.rangeKey.name,
            ...projectionOf(index),
          })),
        }
      : {}),
    ...(localIndexes.length > 0
      ? {
          localSecondaryIndex: localIndexes.map((index) => ({
            name: index.name,
            rangeKey: index.rangeKey.name,
            ...projectionOf(index),
          })),
        }
      : {}),
  };
}

const projectionOf = ({ holdsAll = false }: TableIndex) => ({
  projectionType: choose(holdsAll, 'ALL', 'KEYS_ONLY'),
});

const keyArn = (kmsKeyArn: Optional<string>) => {
  const arn = unwrap(kmsKeyArn);
  return arn === undefined ? {} : { kmsKeyArn: arn };
};
