import {
  type FunctionSubjects,
  logRights,
  PLATFORM_RIGHTS,
  platformRights,
} from '../parts/function-rights.ts';
import { on, type Statement } from '../parts/iam.ts';
import type { Condition, Settable } from '../parts/optional.ts';
import { STATE_INDEX } from './tables.ts';

/** What all policies speak about. */
export interface DataSubjects {
  readonly bucketArn: string;
  readonly locksArn: string;
  readonly executionsArn: string;
}

/** What the policies of the functions speak about. */
export interface PolicySubjects extends FunctionSubjects, DataSubjects {
  readonly failuresArn: string;
  readonly dispatchArn: string;
  readonly hasDispatch: Condition;
  readonly processorAliasArn: string;
  /** Of processor and detector. */
  readonly functionArns: readonly string[];
  readonly secretArns: Settable<readonly string[]>;
  readonly hasSecrets: Condition;
}

/** Everything of an execution lies below this. */
export const EXECUTIONS_PREFIX = 'executions/';

/**
 * Rights that AWS services use in the role's name: no call of the functions shows them. Every other right here is
 * one that a test sees called. Action → reason.
 */
export const SERVICE_RIGHTS: Readonly<Record<string, string>> = {
  ...PLATFORM_RIGHTS,
  'sqs:SendMessage': 'Lambda sends failed invocations to the queue of failures',
  'sqs:ReceiveMessage': 'the event source mapping polls the queue of executions, with dispatch sqs',
  'sqs:DeleteMessage': 'the event source mapping deletes what was worked, with dispatch sqs',
  'sqs:GetQueueAttributes': 'the event source mapping looks at its queue, with dispatch sqs',
  's3:ListBucket': 'S3 answers 404 for a missing object, and 403 without it',
  's3:AbortMultipartUpload': 'an upload that failed leaves no parts behind',
  'kms:Decrypt': 'S3, DynamoDB, SQS, Lambda and Secrets Manager decrypt with your key, if one is given',
  'kms:GenerateDataKey': 'S3, SQS and DynamoDB encrypt with your key, if one is given',
  'secretsmanager:GetSecretValue': 'a step of your own reads its secret, if one is given',
};

const objects = ({ bucketArn }: DataSubjects, ...actions: readonly string[]) =>
  on('Objects', [`${bucketArn}/${EXECUTIONS_PREFIX}*`], ...actions);

const listing = ({ bucketArn }: DataSubjects): Statement => ({
  ...on('Listing', [bucketArn], 's3:ListBucket'),
  condition: { test: 'StringLike', variable: 's3:prefix', values: [`${EXECUTIONS_PREFIX}*`] },
});

const locks = ({ locksArn }: DataSubjects, ...actions: readonly string[]) =>
  on('Locks', [locksArn], ...actions.map((action) => `dynamodb:${action}`));

const executions = ({ executionsArn }: DataSubjects, ...actions: readonly string[]) =>
  on('Executions', [executionsArn], ...actions.map((action) => `dynamodb:${action}`));

const byState = ({ executionsArn }: DataSubjects) =>
  on('ExecutionsByState', [`${executionsArn}/index/${STATE_INDEX}`], 'dynamodb:Query');

export const processorStatements = (to: PolicySubjects): readonly Statement[] => [
  logRights(to),
  objects(to, 's3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'),
  listing(to),
  locks(to, 'UpdateItem', 'DeleteItem'),
  executions(to, 'GetItem', 'PutItem', 'UpdateItem'),
  on('Failures', [to.failuresArn], 'sqs:SendMessage'),
  {
    ...on('Dispatch', [to.dispatchArn], 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
    when: to.hasDispatch,
  },
  { ...on('Secrets', to.secretArns, 'secretsmanager:GetSecretValue'), when: to.hasSecrets },
  ...platformRights(to),
];

export const detectorStatements = (to: PolicySubjects): readonly Statement[] => [
  logRights(to),
  objects(to, 's3:GetObject', 's3:PutObject', 's3:DeleteObject'),
  listing(to),
  executions(to, 'GetItem', 'UpdateItem'),
  byState(to),
  on('Invoke', [to.processorAliasArn], 'lambda:InvokeFunction'),
  { ...on('Dispatch', [to.dispatchArn], 'sqs:SendMessage'), when: to.hasDispatch },
  on('Failures', [to.failuresArn], 'sqs:ReceiveMessage', 'sqs:DeleteMessage'),
  ...platformRights(to),
];

/** For the host on which the orchestrator runs (`hookline files daemon`). */
export const orchestratorStatements = (
  to: DataSubjects &
    Pick<PolicySubjects, 'processorAliasArn' | 'functionArns' | 'dispatchArn' | 'hasDispatch' | 'kmsKeyArn'>,
): readonly Statement[] => [
  objects(to, 's3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'),
  listing(to),
  locks(to, 'GetItem', 'UpdateItem', 'DeleteItem'),
  executions(to, 'GetItem', 'PutItem', 'UpdateItem'),
  byState(to),
  on('Invoke', [to.processorAliasArn], 'lambda:InvokeFunction'),
  on('Settings', to.functionArns, 'lambda:GetFunctionConfiguration'),
  { ...on('Dispatch', [to.dispatchArn], 'sqs:SendMessage'), when: to.hasDispatch },
  ...keyRights(to, 'kms:Decrypt', 'kms:GenerateDataKey'),
];

/** For whoever reads results: all but `error.log`, which operators alone may read. */
export const readerStatements = (
  to: DataSubjects & Pick<PolicySubjects, 'kmsKeyArn'>,
): readonly Statement[] => [
  objects(to, 's3:GetObject'),
  {
    ...on('NoErrorLogs', [`${to.bucketArn}/${EXECUTIONS_PREFIX}*/error.log`], 's3:GetObject'),
    effect: 'Deny',
  },
  executions(to, 'GetItem'),
  ...keyRights(to, 'kms:Decrypt'),
];

/** The caller's key, where one is given. */
const keyRights = (to: Pick<PolicySubjects, 'kmsKeyArn'>, ...actions: readonly string[]) =>
  platformRights({ ...to, logGroupArn: '', tracing: false, vpc: undefined })
    .filter(({ sid }) => sid === 'Key')
    .map((statement) => ({ ...statement, actions }));
