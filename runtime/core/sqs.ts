import { SQSClient } from '@aws-sdk/client-sqs';

/** The parts of the queue service that a worker needs after a failure; imported on first use. */
export { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';

/** An endpoint that the environment names (a VPC's, an emulator's) wins over the one in a queue's URL. */
export const queueClient = (): SQSClient => new SQSClient({ maxAttempts: 1, useQueueUrlAsEndpoint: false });
