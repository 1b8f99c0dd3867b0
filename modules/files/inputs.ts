import { ARN, COMMON_INPUTS, concurrency, role } from '../parts/common-inputs.ts';
import {
  choice,
  flag,
  input,
  integer,
  nullableInput,
  object,
  optional,
  optionalInput,
  text,
  textMap,
  texts,
} from '../parts/inputs.ts';
import { FILES_ALARM_INPUTS } from './alarm-inputs.ts';

/** Everything that can be set about file checking. Names are `snake_case` in Terraform and in the settings file. */
export const FILES_INPUTS = {
  name: input(
    text('^[a-z][a-z0-9-]{1,31}$'),
    'sage',
    'What every name begins with (sage-file-processor, sage_execution_locks and so on): 2 to 32 lower-case letters, digits and hyphens. Two deployments in one account need two names.',
  ),
  environmentName: input(
    text('^[a-z][a-z0-9-]{0,31}$'),
    'prod',
    'Environment: a dimension of every metric, and what the keys of locks begin with, so that two environments never share a lock.',
  ),
  tags: COMMON_INPUTS.tags,

  bucket: optionalInput(
    object({ name: text(), arn: text(ARN) }),
    'Your own bucket for executions; its encryption, lifecycle and policy are yours to set. Null: make one.',
  ),
  bucketName: optionalInput(
    text('^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$'),
    'Name of the bucket that is made here. Null: <name>-executions-<account id>, as names of buckets are unique in the world.',
  ),
  retentionDays: input(
    integer(1, 3_650),
    30,
    'Days after which everything below executions/ is deleted: inputs, outputs and reports.',
  ),
  accessLogBucket: optionalInput(
    object({ name: text(), prefix: optional(text()) }),
    'Bucket that gets the access logs of the bucket made here; it must let the S3 log service write. Null: no access logs.',
  ),
  deletionProtection: input(flag, true, 'The two tables cannot be deleted until it is false.'),

  locale: input(choice('es', 'en'), 'es', 'Language of reports and messages: es or en.'),
  lockTtlSeconds: input(
    integer(30, 3_600),
    120,
    'Seconds for which a lock holds without a heartbeat: how long a killed run keeps others out.',
  ),
  dispatch: input(
    choice('event', 'sqs'),
    'event',
    'How the orchestrator hands executions over: event invokes the function asynchronously, sqs puts them in a queue that the function takes them from.',
  ),
  dispatchMaxConcurrency: input(
    integer(2, 1_000),
    40,
    'With dispatch sqs: executions that are taken from the queue at once; less than reserved_concurrency.',
  ),
  maxEventAgeSeconds: input(
    integer(60, 21_600),
    300,
    'With dispatch event: how long an event may wait for free concurrency, in seconds, before it goes to the queue of failures.',
  ),
  redrive: input(
    choice('on', 'paused', 'dry-run'),
    'on',
    'Whether the detector runs again what failed or fell silent: on, paused (it only counts), or dry-run (it says in its log what it would do).',
  ),
  secrets: input(
    texts,
    [],
    'ARNs of the secrets that the function may read, for a step of your own after an execution.',
  ),
  environmentVariables: input(
    textMap,
    {},
    'Further environment variables of the functions. They cannot replace those that the module sets. No secrets.',
  ),

  runtime: COMMON_INPUTS.runtime,
  architectures: COMMON_INPUTS.architectures,
  memoryMb: input(
    integer(512, 10_240),
    2_048,
    'Memory of the function, in MB; 1,769 MB are one processor. Six tenths of it are the budget of the checks.',
  ),
  timeoutSeconds: input(
    integer(60, 900),
    900,
    'Timeout of the function, in seconds. A run stops cleanly 45 s before it.',
  ),
  temporaryStorageMb: input(
    integer(512, 10_240),
    4_096,
    'Size of the temporary folder, in MB: ZIP and Excel deliveries are brought there.',
  ),
  reservedConcurrency: nullableInput(
    integer(1, 100_000),
    50,
    'Concurrent executions set aside for the function and its upper limit. AWS keeps 100 of the account unreserved: see hookline files doctor. Null: none.',
  ),
  provisionedConcurrency: optionalInput(
    concurrency,
    'Environments kept warm, scaled between min and max at 70 % use; at most reserved_concurrency. Null: none. Costs money while idle: see the output provisioned_idle_usd_per_month.',
  ),
  provisionedSchedule: optionalInput(
    object({
      start: text('^(cron|rate)\\(.*\\)$'),
      stop: text('^(cron|rate)\\(.*\\)$'),
      timezone: optional(text()),
    }),
    'When environments are kept warm: at start as provisioned_concurrency says, at stop none. cron(...) or rate(...) of Application Auto Scaling; timezone is an IANA name, by default UTC. Null: always.',
  ),
  vpc: COMMON_INPUTS.vpc,
  vpcEndpoints: optionalInput(
    object({ vpcId: text('^vpc-'), routeTableIds: texts }),
    'VPC and its route tables in which gateway endpoints to S3 and DynamoDB are made. Null: none.',
  ),
  priceGbSecond: optionalInput(
    text('^0\\.\\d{1,12}$'),
    'Price of a GB-second of the function in USD, as a decimal. Null: the first tier of its processor (0.0000133334 arm64, 0.0000166667 x86_64).',
  ),

  processorRole: optionalInput(
    role,
    'Your own execution role for the function. Attach the output processor_policy_json to it. Null: make one.',
  ),
  detectorRole: optionalInput(
    role,
    'Your own execution role for the detector. Attach the output detector_policy_json to it. Null: make one.',
  ),
  permissionsBoundary: COMMON_INPUTS.permissionsBoundary,
  rolePath: COMMON_INPUTS.rolePath,
  kmsKeyArn: optionalInput(
    text(ARN),
    'ARN of a KMS key for bucket, tables, queues, topic, logs and environment variables. Its policy must let CloudWatch and the CloudWatch Logs service use it. Null: keys that AWS owns or manages.',
  ),

  tracing: COMMON_INPUTS.tracing,
  logRetentionDays: input(
    integer(1, 3_653),
    30,
    'Days that log lines are kept; one of the values CloudWatch knows.',
  ),
  ...FILES_ALARM_INPUTS,
} as const;
