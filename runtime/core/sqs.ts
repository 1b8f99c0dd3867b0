/** What the queue service needs; imported on first use. */
export { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';

/** An endpoint that the environment names (a VPC's, an emulator's) wins over the one in a queue's URL. */
export const QUEUE_CLIENT_OPTIONS = { maxAttempts: 1, useQueueUrlAsEndpoint: false } as const;
