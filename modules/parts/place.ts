import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { Construct } from 'constructs';

/** Where the stack is deployed, as ARNs name it. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Asks the provider. */
export function placeOf(scope: Construct): Place {
  const current = new Construct(scope, 'current');
  return {
    account: new DataAwsCallerIdentity(current, 'caller_identity').accountId,
    region: new DataAwsRegion(current, 'region').id,
    partition: new DataAwsPartition(current, 'partition').partition,
  };
}
