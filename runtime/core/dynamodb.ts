/** The client of the lock table; imported on first use. */
export { DynamoDBClient } from '@aws-sdk/client-dynamodb';
