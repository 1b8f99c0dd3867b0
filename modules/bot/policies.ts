import { type FunctionSubjects, logRights, platformRights } from '../parts/function-rights.ts';
import type { Statement } from '../parts/iam.ts';
import { all, type Condition, given, type Optional, unwrap } from '../parts/optional.ts';

/** Prefixes in the bucket (contract bot §10). */
export const HISTORY_PREFIX = 'history';
export const FAILED_EVENTS_PREFIX = 'failed-events';
export const JOBS_PREFIX = 'jobs';
export const ARCHIVE_PREFIX = 'archive';
export const SECRETS_PREFIX = 'secrets';
export const FILES_PREFIX = 'files';
/** Keys of delivery items begin with it (contract bot §7.3). */
const DELIVERY_KEY_PREFIX = 'evt:';

/** What the policies speak about. */
export interface PolicySubjects extends FunctionSubjects {
  readonly bucketArn: string;
  readonly tableArn: string;
  readonly jobsQueueArn: string;
  readonly deadQueueArn: string;
  readonly workerAliasArn: string;
  readonly parameterArn: string;
  /** Secrets Manager's ARN of the secret behind a parameter name that refers to one. */
  readonly secretArn: string;
  readonly isSecret: Condition;
  readonly isWhatsapp: Condition;
  readonly isQueued: Condition;
  readonly isInvoked: Condition;
  readonly captureFailedEvents: Condition;
  readonly tokenWriteBack: Condition;
  readonly persistFiles: Condition;
  readonly adminCommands: Condition;
  /** The function that decides the replies. */
  readonly agentFunctionArn: Optional<string>;
}

const allowing = (condition: Condition, statements: readonly Statement[]): readonly Statement[] =>
  statements.map((statement) => ({ ...statement, when: all(condition, statement.when ?? true) }));

/** What every function needs to start, to log and to read its secrets. */
function commonStatements(on: PolicySubjects): readonly Statement[] {
  return [
    logRights(on),
    { sid: 'Parameter', actions: ['ssm:GetParameter'], resources: [on.parameterArn] },
    {
      sid: 'Secret',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [on.secretArn],
      when: on.isSecret,
    },
    ...platformRights(on),
  ];
}

function webhookStatements(on: PolicySubjects): readonly Statement[] {
  return [
    {
      sid: 'StatusMarks',
      actions: ['dynamodb:UpdateItem'],
      resources: [on.tableArn],
      // Delivery items alone: locks stand in the same table.
      condition: {
        test: 'ForAllValues:StringLike',
        variable: 'dynamodb:LeadingKeys',
        values: [`${DELIVERY_KEY_PREFIX}*`],
      },
      when: on.isWhatsapp,
    },
    {
      sid: 'HandOffByInvoke',
      actions: ['lambda:InvokeFunction'],
      resources: [on.workerAliasArn],
      when: on.isInvoked,
    },
    { sid: 'HandOffByQueue', actions: ['sqs:SendMessage'], resources: [on.jobsQueueArn], when: on.isQueued },
    { sid: 'LargeJobs', actions: ['s3:PutObject'], resources: [`${on.bucketArn}/${JOBS_PREFIX}/*`] },
    failedEvents(on),
  ];
}

const failedEvents = (on: PolicySubjects): Statement => ({
  sid: 'FailedEvents',
  actions: ['s3:PutObject'],
  resources: [`${on.bucketArn}/${FAILED_EVENTS_PREFIX}/*`],
  when: on.captureFailedEvents,
});

const jobs = (on: PolicySubjects): Statement => ({
  sid: 'Jobs',
  actions: [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ChangeMessageVisibility',
  ],
  resources: [on.jobsQueueArn],
  when: on.isQueued,
});

const agentFunction = (on: PolicySubjects): Statement => ({
  sid: 'AgentFunction',
  actions: ['lambda:InvokeFunction'],
  resources: [unwrap(on.agentFunctionArn) ?? ''],
  when: given(on.agentFunctionArn),
});

/** What the worker does in the bucket. */
function bucketStatements(on: PolicySubjects): readonly Statement[] {
  return [
    {
      sid: 'Histories',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${on.bucketArn}/${HISTORY_PREFIX}/*`],
    },
    {
      sid: 'Files',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${on.bucketArn}/${FILES_PREFIX}/*`],
      when: on.persistFiles,
    },
    {
      sid: 'AdminCommands',
      actions: ['s3:DeleteObject'],
      resources: [ARCHIVE_PREFIX, FILES_PREFIX].map((prefix) => `${on.bucketArn}/${prefix}/*`),
      when: on.adminCommands,
    },
    {
      sid: 'Archives',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${on.bucketArn}/${ARCHIVE_PREFIX}/*`],
    },
    {
      sid: 'StoredJobs',
      actions: ['s3:GetObject', 's3:DeleteObject'],
      resources: [`${on.bucketArn}/${JOBS_PREFIX}/*`],
    },
    {
      sid: 'TokenFiles',
      actions: ['s3:GetObject'],
      resources: [`${on.bucketArn}/${SECRETS_PREFIX}/*`],
    },
    {
      sid: 'TokenWriteBack',
      actions: ['s3:PutObject'],
      resources: [`${on.bucketArn}/${SECRETS_PREFIX}/*`],
      when: on.tokenWriteBack,
    },
    {
      // S3 then says 404 for a missing object; without it, 403.
      sid: 'MissingObjects',
      actions: ['s3:ListBucket'],
      resources: [on.bucketArn],
      condition: {
        test: 'StringLike',
        variable: 's3:prefix',
        values: [HISTORY_PREFIX, ARCHIVE_PREFIX, SECRETS_PREFIX, FILES_PREFIX, JOBS_PREFIX].map(
          (prefix) => `${prefix}/*`,
        ),
      },
    },
  ];
}

function workStatements(on: PolicySubjects): readonly Statement[] {
  return [
    ...bucketStatements(on),
    {
      sid: 'LocksAndDeliveries',
      actions: ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:DeleteItem'],
      resources: [on.tableArn],
    },
    jobs(on),
    agentFunction(on),
    { sid: 'FailedInvokes', actions: ['sqs:SendMessage'], resources: [on.deadQueueArn], when: on.isInvoked },
  ];
}

export const ingressStatements = (on: PolicySubjects): readonly Statement[] => [
  ...commonStatements(on),
  ...webhookStatements(on),
];

/** `isSingle`: the worker receives the webhooks, too. */
export const workerStatements = (on: PolicySubjects, isSingle: Condition): readonly Statement[] => [
  ...commonStatements(on),
  ...workStatements(on),
  failedEvents(on),
  ...allowing(
    isSingle,
    webhookStatements(on).filter(({ sid }) => sid !== 'FailedEvents'),
  ),
];
