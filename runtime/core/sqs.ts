/** What the queue service needs; imported on first use. */
export { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
