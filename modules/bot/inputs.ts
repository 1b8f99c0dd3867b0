import { ARN, COMMON_INPUTS, concurrency, role } from '../parts/common-inputs.ts';
import {
  choice,
  flag,
  input,
  integer,
  object,
  optional,
  optionalInput,
  text,
  textMap,
  texts,
} from '../parts/inputs.ts';

/** Everything that can be set about a bot. Names are `snake_case` in Terraform and in the settings file. */
export const BOT_INPUTS = {
  name: input(
    text('^[a-z][a-z0-9-]{1,31}$'),
    'hookline',
    'Prefix of every resource name: 2 to 32 lower-case letters, digits and hyphens. Two bots need two names.',
  ),
  tags: COMMON_INPUTS.tags,

  botType: input(choice('whatsapp', 'telegram'), 'whatsapp', 'Channel of the bot: whatsapp or telegram.'),
  busyPolicy: input(
    choice('drop', 'fifo', 'merge'),
    'drop',
    'What happens to a message while another of the same chat is worked on: drop ignores it and hands messages over by asynchronous invocation; fifo queues it; merge queues it and hands the worker up to ten at once.',
  ),
  envParameterName: optionalInput(
    text('^/'),
    'Name of the SSM SecureString that holds the secrets in .env form, or /aws/reference/secretsmanager/<id>. Null: /<name>/prod/env.',
  ),
  checkEnvParameter: input(
    flag,
    true,
    'Refuse to plan when the SSM parameter is missing or is no SecureString. The value is read encrypted. Set false when the same apply creates the parameter.',
  ),
  allowUnsignedWebhooks: input(
    flag,
    false,
    'Let the bot run without the secret that proves who sent a webhook. Anyone who knows the address can then post messages.',
  ),
  environmentVariables: input(
    textMap,
    {},
    'Further environment variables of both functions. They cannot replace those that the module sets. No secrets: those belong in the SSM parameter.',
  ),
  specialTokenFiles: input(
    texts,
    [],
    'Names of token or key files that the worker finds in its temporary folder: from secrets/ in the bucket, else from the package.',
  ),
  tokenEnvMap: input(
    textMap,
    {},
    "File name of a token file and the environment variable that is set to the file's path, unless it is set already.",
  ),
  syncTokensS3: input(
    flag,
    true,
    'Look for token files under secrets/ in the bucket, not in the package alone.',
  ),
  tokenWriteBack: input(
    flag,
    false,
    'Store in the bucket what the agent changed in its token files. The worker may then write under secrets/.',
  ),
  persistFiles: input(
    flag,
    false,
    'Keep under files/ in the bucket what users send and what the agent saves. The worker may then read and write there.',
  ),
  adminCommands: input(
    flag,
    false,
    "Let the worker do what the admin's commands /clear_all_users and /reset_system ask: it may then delete under archive/ and files/ in the bucket.",
  ),
  package: optionalInput(
    object({
      path: optional(text()),
      s3: optional(object({ bucket: text(), key: text(), version: optional(text()) })),
    }),
    "Zip with your own agent, made by `hookline bot build --agent <file>`: a path, or an S3 object and its version. It replaces the worker's code, or with single_function the code of the one function. Null: the agent that echoes.",
  ),
  agentFunctionArn: optionalInput(
    text('^arn:[^:]+:lambda:'),
    'ARN of the Lambda function that decides the replies, as your agent names it (lambdaAgent): with the alias or version if it names one. The worker may then invoke it. Null: none.',
  ),

  api: input(
    choice('rest', 'http', 'function_url'),
    'rest',
    'Front door of the webhook: rest (API Gateway REST API), http (API Gateway HTTP API) or function_url (Lambda function URL, without throttling).',
  ),
  throttleRatePerSecond: input(
    integer(1, 10_000),
    50,
    'Webhook requests per second that the API lets through.',
  ),
  throttleBurst: input(integer(1, 5_000), 100, 'Webhook requests that the API lets through at once.'),
  manageApiGatewayAccount: COMMON_INPUTS.manageApiGatewayAccount,

  singleFunction: input(
    flag,
    false,
    'One function for webhooks and work in place of two. Not with api = "function_url".',
  ),
  runtime: COMMON_INPUTS.runtime,
  architectures: COMMON_INPUTS.architectures,
  ingressMemoryMb: input(integer(128, 10_240), 256, 'Memory of the ingress function, in MB.'),
  ingressTimeoutSeconds: input(integer(1, 29), 10, 'Timeout of the ingress function, in seconds.'),
  workerMemoryMb: input(integer(128, 10_240), 512, 'Memory of the worker function, in MB.'),
  workerTimeoutSeconds: input(
    integer(1, 900),
    120,
    'Timeout of the worker function, in seconds. The queue hides a message for six times as long.',
  ),
  ingressReservedConcurrency: optionalInput(
    integer(0, 100_000),
    'Concurrent executions set aside for the ingress and its upper limit. AWS keeps 100 of the account unreserved. Null: none.',
  ),
  workerReservedConcurrency: optionalInput(
    integer(0, 100_000),
    'Concurrent executions set aside for the worker and its upper limit. AWS keeps 100 of the account unreserved. Null: none.',
  ),
  ingressProvisionedConcurrency: optionalInput(
    concurrency,
    'Environments of the ingress kept warm, scaled between min and max at 70 % use. Null: none. Costs money while idle.',
  ),
  workerProvisionedConcurrency: optionalInput(
    concurrency,
    'Environments of the worker kept warm, scaled between min and max at 70 % use. Null: none. Costs money while idle.',
  ),
  vpc: COMMON_INPUTS.vpc,

  lockTtlSeconds: input(
    integer(1, 86_400),
    180,
    "Life of a chat's lock, in seconds: at least the worker's timeout and 15 s, or a living worker could lose it.",
  ),
  maxReceiveCount: input(
    integer(1, 1_000),
    5,
    'Deliveries of a queued message before it goes to the dead-letter queue. AWS advises at least 5, as throttled deliveries count.',
  ),
  asyncRetryAttempts: input(
    integer(0, 2),
    2,
    'Further attempts at a message that was handed over by asynchronous invocation (busy_policy = "drop").',
  ),
  captureFailedEvents: input(
    flag,
    true,
    'Keep what could not be delivered under failed-events/ in the bucket.',
  ),
  failedEventsRetentionDays: input(integer(1, 3_650), 30, 'Days that objects under failed-events/ are kept.'),

  bucket: optionalInput(
    object({ name: text(), arn: text(ARN) }),
    'Your own bucket for histories, used by this bot alone. Its protection, versions and lifecycle are then yours. Null: make one.',
  ),
  lockTable: optionalInput(
    object({ name: text(), arn: text(ARN) }),
    'Your own DynamoDB table for locks, used by this bot alone: hash key user_id (S), TTL on expiresAt. Null: make one.',
  ),
  ingressRole: optionalInput(
    role,
    'Your own execution role for the ingress. Attach the output ingress_policy_json to it. Null: make one.',
  ),
  workerRole: optionalInput(
    role,
    'Your own execution role for the worker. Attach the output worker_policy_json to it. Null: make one.',
  ),
  permissionsBoundary: COMMON_INPUTS.permissionsBoundary,
  rolePath: COMMON_INPUTS.rolePath,
  kmsKeyArn: optionalInput(
    text(ARN),
    'ARN of a KMS key for bucket, table, queues, logs and environment variables. Its policy must let the CloudWatch Logs service use it. Null: keys that AWS owns or manages.',
  ),

  tracing: COMMON_INPUTS.tracing,
  logRetentionDays: input(
    integer(1, 3_653),
    30,
    'Days that log lines are kept; one of the values CloudWatch knows.',
  ),
  alarms: COMMON_INPUTS.alarms,
  alarmTopicArn: optionalInput(
    text(ARN),
    'ARN of the SNS topic that alarms go to. Null: alarms change state only.',
  ),
  dashboard: COMMON_INPUTS.dashboard,
} as const;
