import type { Statement } from './iam.ts';
import { type Condition, given, type Optional, unwrap } from './optional.ts';

/** What the common rights of a function speak about. */
export interface FunctionSubjects {
  readonly logGroupArn: string;
  readonly tracing: Condition;
  readonly vpc: Optional<unknown>;
  readonly kmsKeyArn: Optional<string>;
}

/** Its own log, which it does not have to make. */
export const logRights = ({ logGroupArn }: FunctionSubjects): Statement => ({
  sid: 'Logs',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`${logGroupArn}:*`],
});

/** The caller's key, traces, and a network where one is given. */
export const platformRights = (on: FunctionSubjects): readonly Statement[] => [
  {
    sid: 'Key',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [unwrap(on.kmsKeyArn) ?? ''],
    when: given(on.kmsKeyArn),
  },
  {
    sid: 'Tracing',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    // X-Ray has no resources to name.
    resources: ['*'],
    when: on.tracing,
  },
  {
    sid: 'NetworkInterfaces',
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    // Lambda makes the interfaces itself; AWS checks these permissions against every resource.
    resources: ['*'],
    when: given(on.vpc),
  },
];

/** What of these no call of a function shows, as Lambda uses it in the role's name. Action → reason. */
export const PLATFORM_RIGHTS: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'Lambda writes the log',
  'logs:PutLogEvents': 'Lambda writes the log',
  'xray:PutTraceSegments': 'Lambda sends the trace',
  'xray:PutTelemetryRecords': 'Lambda sends the trace',
  'ec2:CreateNetworkInterface': 'Lambda makes its network interface, if a VPC is given',
  'ec2:DescribeNetworkInterfaces': 'Lambda finds its network interface, if a VPC is given',
  'ec2:DescribeSubnets': 'Lambda checks the subnets, if a VPC is given',
  'ec2:DeleteNetworkInterface': 'Lambda removes its network interface, if a VPC is given',
  'ec2:AssignPrivateIpAddresses': 'Lambda gives its network interface an address, if a VPC is given',
  'ec2:UnassignPrivateIpAddresses': 'Lambda takes the address back, if a VPC is given',
};
