import { flag, input, integer, object, optionalInput, text, textMap, texts } from './inputs.ts';

export const ARN = '^arn:';

export const concurrency = object({ min: integer(1, 10_000), max: integer(1, 10_000) });
export const role = object({ arn: text(ARN) });

/** Inputs that mean the same in every system. */
export const COMMON_INPUTS = {
  tags: input(textMap, {}, 'Tags for every resource that can carry them.'),
  manageApiGatewayAccount: input(
    flag,
    false,
    'REST access logs. They need an account-wide, region-wide CloudWatch role, which this sets: only for one module in an account and region.',
  ),
  runtime: input(
    text('^nodejs'),
    'nodejs22.x',
    'Lambda runtime. Newer ones than nodejs22.x need a newer AWS provider.',
  ),
  architectures: input(texts, ['arm64'], 'Processor of the functions: ["arm64"] or ["x86_64"].'),
  vpc: optionalInput(
    object({ subnetIds: texts, securityGroupIds: texts }),
    'Subnets and security groups for the functions. They need a way to AWS services and to the provider. Null: no VPC.',
  ),
  permissionsBoundary: optionalInput(
    text(ARN),
    'ARN of the permissions boundary of every role that is made here.',
  ),
  rolePath: input(
    text('^/([A-Za-z0-9+=,.@_-]+/)*$'),
    '/',
    'IAM path of every role that is made here: begins and ends with a slash.',
  ),
  tracing: input(flag, true, 'X-Ray tracing of the API and the functions.'),
  alarms: input(flag, true, 'Make the CloudWatch alarms.'),
  dashboard: input(flag, true, 'Make the CloudWatch dashboard.'),
} as const;
