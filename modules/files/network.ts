import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import type { Construct } from 'constructs';
import { given, listOf, unwrap, when } from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';
import type { FilesValues } from './index.ts';

/** Ways from a VPC to S3 and DynamoDB that cost nothing and leave AWS's network at no point. */
export function addEndpoints(
  scope: Construct,
  { vpcEndpoints }: Pick<FilesValues, 'vpcEndpoints'>,
  { region }: Place,
): void {
  const { vpcId = '', routeTableIds = [] } = unwrap(vpcEndpoints) ?? {};
  for (const service of ['s3', 'dynamodb']) {
    when(
      given(vpcEndpoints),
      (count) =>
        new VpcEndpoint(scope, `${service}_endpoint`, {
          vpcId,
          serviceName: `com.amazonaws.${region}.${service}`,
          vpcEndpointType: 'Gateway',
          routeTableIds: listOf(routeTableIds),
          ...count,
        }),
    );
  }
}
