import { ARN, COMMON_INPUTS, concurrency, role } from '../parts/common-inputs.ts';
import {
  choice,
  flag,
  input,
  integer,
  object,
  optional,
  optionalInput,
  secretInput,
  text,
  textMap,
  texts,
} from '../parts/inputs.ts';
import { ENGINE_INPUTS } from './engine-inputs.ts';

const prefix = text('^[a-z][a-z0-9-]{1,31}$');

/** Everything that can be set about a reply engine. Names are `snake_case` in Terraform and in the settings file. */
export const REPLIES_INPUTS = {
  environmentName: optionalInput(
    choice('dev', 'prod'),
    'dev or prod: part of every name, and the stage of the API. Null: the names of the manual deployment (WhatsAppMessagingLambda, WhatsAppQueue, ConversationsTable and so on) and the stage prod.',
  ),
  repliesProjectPrefix: input(
    prefix,
    'ai-multi-comms-replies',
    'With environment_name: what the names of the engine begin with. 2 to 32 lower-case letters, digits and hyphens.',
  ),
  sharedProjectPrefix: input(
    prefix,
    'ai-multi-comms',
    'With environment_name: what the names begin with that are shared with the sister service, those of secrets too.',
  ),
  tags: COMMON_INPUTS.tags,

  package: optionalInput(
    object({
      path: optional(text()),
      s3: optional(object({ bucket: text(), key: text(), version: optional(text()) })),
    }),
    "The worker's zip with your prompts, made by `hookline replies build --prompts <file>`: a path, or an S3 object and its version. It must be given: without prompts no message could be answered.",
  ),
  modelSecrets: optionalInput(
    texts,
    'Names or ARNs of the secrets with model keys that the worker may read; * and ? are allowed. Null: openai-api-key-replies-engine, or with environment_name <shared>/openai-api-key/whatsapp-<env>.',
  ),
  twilioSecrets: optionalInput(
    texts,
    'Names or ARNs of the secrets with Twilio credentials that webhook and worker may read; * and ? are allowed. Null: twilio-credentials-whatsapp, or with environment_name <shared>/whatsapp-credentials/*/*/twilio-<env>.',
  ),
  secretsManagerRegion: optionalInput(
    text('^[a-z]{2,}(-[a-z]+)+-\\d+$'),
    "Region of the secrets. Null: the stack's.",
  ),
  bedrockModelArns: input(
    texts,
    [],
    'ARNs of the Bedrock models and inference profiles that prompts name; the worker may then invoke them.',
  ),
  ...ENGINE_INPUTS,
  environmentVariables: input(
    textMap,
    {},
    'Further environment variables of all functions. They cannot replace those that the module sets. No secrets.',
  ),
  logHashKey: secretInput(
    text('^.{16,}$'),
    'Key of the hashes that stand for conversations and numbers in logs, at least 16 characters. Null: made from the account id and the ARN of the conversations table, which protects nothing from somebody who knows the account.',
  ),

  conversationsTable: optionalInput(
    object({ name: text(), arn: text(ARN) }),
    'The conversations table of the sister service, with its keys and its index company-whatsapp-number-recipient-tel-index. Null: make one.',
  ),
  conversationsIndexProjection: input(
    choice('keys', 'all'),
    'keys',
    'What those indexes of a conversations table made here hold that the engine does not read: keys, or all attributes, which makes each write of a record more than four times as dear.',
  ),
  deletionProtection: input(
    flag,
    true,
    'Tables that are kept for good (conversations, archive) cannot be deleted until it is false.',
  ),
  throttleRatePerSecond: input(
    integer(1, 10_000),
    50,
    'Webhooks and status callbacks per second that the API lets through: three times the expected peak. A reply of one part has up to four callbacks.',
  ),
  throttleBurst: input(
    integer(1, 5_000),
    100,
    'Webhooks and status callbacks that the API lets through at once.',
  ),
  manageApiGatewayAccount: COMMON_INPUTS.manageApiGatewayAccount,

  runtime: COMMON_INPUTS.runtime,
  architectures: COMMON_INPUTS.architectures,
  webhookMemoryMb: input(integer(128, 10_240), 512, 'Memory of the webhook function, in MB.'),
  webhookTimeoutSeconds: input(
    integer(1, 10),
    10,
    'Timeout of the webhook function, in seconds: Twilio gives up after 15, its other tries included.',
  ),
  workerMemoryMb: input(integer(128, 10_240), 512, 'Memory of the worker, in MB.'),
  workerTimeoutSeconds: input(
    integer(90, 900),
    600,
    'Timeout of the worker, in seconds. No step begins with less than its own timeout and 15 s left; less than 75 s cannot be used.',
  ),
  workerMaxConcurrency: input(
    integer(2, 1_000),
    20,
    'Messages of the channel queue that are worked on at once.',
  ),
  webhookReservedConcurrency: optionalInput(
    integer(0, 100_000),
    'Concurrent executions set aside for the webhook and its upper limit. AWS keeps 100 of the account unreserved. Null: none.',
  ),
  workerReservedConcurrency: optionalInput(
    integer(0, 100_000),
    'Concurrent executions set aside for the worker and its upper limit. AWS keeps 100 of the account unreserved. Null: none.',
  ),
  webhookProvisionedConcurrency: optionalInput(
    concurrency,
    'Environments of the webhook kept warm, scaled between min and max at 70 % use. Null: none. Costs money while idle.',
  ),
  workerProvisionedConcurrency: optionalInput(
    concurrency,
    'Environments of the worker kept warm, scaled between min and max at 70 % use. Null: none. Costs money while idle.',
  ),
  vpc: COMMON_INPUTS.vpc,

  webhookRole: optionalInput(
    role,
    'Your own execution role for the webhook. Attach the output webhook_policy_json to it. Null: make one.',
  ),
  workerRole: optionalInput(
    role,
    'Your own execution role for the worker. Attach the output worker_policy_json to it. Null: make one.',
  ),
  sweeperRole: optionalInput(
    role,
    'Your own execution role for the sweeper. Attach the output sweeper_policy_json to it. Null: make one.',
  ),
  permissionsBoundary: COMMON_INPUTS.permissionsBoundary,
  rolePath: COMMON_INPUTS.rolePath,
  kmsKeyArn: optionalInput(
    text(ARN),
    'ARN of a KMS key for tables, queues, topic, logs and environment variables. Its policy must let CloudWatch and the CloudWatch Logs service use it. Null: keys that AWS owns or manages.',
  ),

  tracing: COMMON_INPUTS.tracing,
  logRetentionDays: input(
    integer(1, 3_653),
    14,
    'Days that log lines are kept; one of the values CloudWatch knows.',
  ),
  alarms: COMMON_INPUTS.alarms,
  alarmTopic: optionalInput(object({ arn: text(ARN) }), 'Your own SNS topic for alarms. Null: make one.'),
  steadyTraffic: input(
    flag,
    false,
    'Messages come all the time: alarms when the webhook has not run for 15 minutes or the worker for 30.',
  ),
  dashboard: COMMON_INPUTS.dashboard,
} as const;
