import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import {
  attribute,
  type Condition,
  choose,
  given,
  named,
  not,
  type Optional,
  unwrap,
  when,
} from './optional.ts';

export interface LockTableProps {
  readonly name: string;
  readonly own: Optional<{ readonly name: string; readonly arn: string }>;
  readonly kmsKeyArn: Optional<string>;
}

/** The table of locks and delivery items. What it holds is short-lived, so it has no backups. */
export class LockTable extends Construct {
  readonly table: DynamodbTable | undefined;
  readonly tableName: string;
  readonly tableArn: string;

  constructor(scope: Construct, id: string, { name, own, kmsKeyArn }: LockTableProps) {
    super(scope, id);
    const wanted: Condition = not(given(own));
    this.table = when(
      wanted,
      (count) =>
        new DynamodbTable(this, 'Default', {
          name,
          billingMode: 'PAY_PER_REQUEST',
          hashKey: 'user_id',
          attribute: [{ name: 'user_id', type: 'S' }],
          ttl: { attributeName: 'expiresAt', enabled: true },
          serverSideEncryption: { enabled: true, ...keyArn(kmsKeyArn) },
          pointInTimeRecovery: { enabled: false },
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

const keyArn = (kmsKeyArn: Optional<string>) => {
  const arn = unwrap(kmsKeyArn);
  return arn === undefined ? {} : { kmsKeyArn: arn };
};
