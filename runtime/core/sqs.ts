/** The parts of the queue service that a worker needs after a failure; imported on first use. */
export { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
