import {
  type FunctionSubjects,
  logRights,
  PLATFORM_RIGHTS,
  platformRights,
} from '../parts/function-rights.ts';
import { on, type Statement } from '../parts/iam.ts';
import type { Condition, Settable } from '../parts/optional.ts';
import { DUE_INDEX, WHATSAPP_INDEX } from './tables.ts';

/** What the policies speak about. */
export interface PolicySubjects extends FunctionSubjects {
  readonly conversationsArn: string;
  readonly stageArn: string;
  readonly triggerLockArn: string;
  readonly archiveArn: string;
  readonly channelQueueArn: string;
  readonly handoffQueueArn: string;
  /** ARNs or patterns of the secrets with Twilio credentials, and with model keys. */
  readonly twilioSecretArns: Settable<readonly string[]>;
  readonly modelSecretArns: Settable<readonly string[]>;
  readonly bedrockModelArns: Settable<readonly string[]>;
  readonly hasBedrock: Condition;
}

/**
 * Rights that AWS services use in the role's name: no call of the functions shows them. Every other right here is
 * one that a test sees called. Action → reason.
 */
export const SERVICE_RIGHTS: Readonly<Record<string, string>> = {
  ...PLATFORM_RIGHTS,
  'logs:CreateLogGroup': 'Lambda makes the log group anew where somebody deleted it',
  'sqs:ReceiveMessage': 'the event source mapping polls the channel queue; AWS refuses to make it without',
  'sqs:DeleteMessage': 'the event source mapping deletes what was worked; AWS refuses to make it without',
  'sqs:GetQueueAttributes':
    'the event source mapping looks at the channel queue; AWS refuses to make it without',
  'kms:Decrypt': 'DynamoDB, SQS, Lambda and Secrets Manager decrypt with your key, if one is given',
  'kms:GenerateDataKey': 'SQS and DynamoDB encrypt with your key, if one is given',
};

/** A transaction counts as its actions: the Put of a block and the Update of the record (contract replies §8). */
const archive = (to: PolicySubjects) => on('Archive', [to.archiveArn], 'dynamodb:PutItem');

export const webhookStatements = (to: PolicySubjects): readonly Statement[] => [
  logRights(to),
  on('TwilioSecrets', to.twilioSecretArns, 'secretsmanager:GetSecretValue'),
  on('Conversations', [to.conversationsArn], 'dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
  on('ConversationsIndex', [`${to.conversationsArn}/index/${WHATSAPP_INDEX}`], 'dynamodb:Query'),
  on('Stage', [to.stageArn], 'dynamodb:PutItem', 'dynamodb:DeleteItem'),
  on('TriggerLocks', [to.triggerLockArn], 'dynamodb:PutItem', 'dynamodb:DeleteItem'),
  archive(to),
  on('Queues', [to.channelQueueArn, to.handoffQueueArn], 'sqs:SendMessage'),
  ...platformRights(to),
];

export const workerStatements = (to: PolicySubjects): readonly Statement[] => [
  logRights(to),
  on('LogGroup', [`${to.logGroupArn}:*`], 'logs:CreateLogGroup'),
  on('TwilioSecrets', to.twilioSecretArns, 'secretsmanager:GetSecretValue'),
  on('ModelSecrets', to.modelSecretArns, 'secretsmanager:GetSecretValue'),
  { ...on('BedrockModels', to.bedrockModelArns, 'bedrock:InvokeModel'), when: to.hasBedrock },
  on('Conversations', [to.conversationsArn], 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
  on('Stage', [to.stageArn], 'dynamodb:Query', 'dynamodb:BatchWriteItem'),
  on('TriggerLocks', [to.triggerLockArn], 'dynamodb:DeleteItem', 'dynamodb:PutItem'),
  archive(to),
  on(
    'Triggers',
    [to.channelQueueArn],
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ChangeMessageVisibility',
  ),
  on('Queues', [to.channelQueueArn, to.handoffQueueArn], 'sqs:SendMessage'),
  ...platformRights(to),
];

export const sweeperStatements = (to: PolicySubjects): readonly Statement[] => [
  logRights(to),
  on('DueRows', [`${to.stageArn}/index/${DUE_INDEX}`], 'dynamodb:Query'),
  on('Stage', [to.stageArn], 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'),
  on('Conversations', [to.conversationsArn], 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
  on('TriggerLocks', [to.triggerLockArn], 'dynamodb:PutItem'),
  archive(to),
  on('Queues', [to.channelQueueArn, to.handoffQueueArn], 'sqs:SendMessage'),
  ...platformRights(to),
];
