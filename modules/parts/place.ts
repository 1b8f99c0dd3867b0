import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { Construct } from 'constructs';
import { attribute } from './optional.ts';

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
    account: attribute(new DataAwsCallerIdentity(current, 'caller_identity'), 'account_id'),
    region: attribute(new DataAwsRegion(current, 'region'), 'id'),
    partition: attribute(new DataAwsPartition(current, 'partition'), 'partition'),
  };
}
