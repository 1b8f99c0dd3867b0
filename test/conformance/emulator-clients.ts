import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { emulatorClient } from '../../local/secrets.ts';
import type { ConformanceClients } from './clients.ts';
import { createFilesTables } from './files-tables.ts';
import { createRepliesTables } from './replies-tables.ts';

/** A table, a bucket and two queues of their own on an emulator, and clients of them. */
export async function emulatorClients(endpoint: string): Promise<ConformanceClients> {
  const options = emulatorClient(endpoint);
  const name = `conformance-${randomUUID()}`;
  const dynamodb = new DynamoDBClient(options);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const sqs = new SQSClient(options);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [{ AttributeName: 'user_id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'user_id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30 }, { TableName: name });
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  // As the module makes it.
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
  const deadLetterUrl = await createQueue(sqs, `${name}-dlq`, {});
  const deadLetterTargetArn = `arn:aws:sqs:${options.region}:000000000000:${name}-dlq.fifo`;
  const queueUrl = await createQueue(sqs, name, {
    VisibilityTimeout: '2',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 }),
  });
  return {
    dynamodb,
    tableName: name,
    replies: await createRepliesTables(dynamodb),
    files: await createFilesTables(dynamodb),
    s3,
    bucket: name,
    sqs,
    queueUrl,
    deadLetterUrl,
    waitMillis: (millis) => delay(millis),
  };
}

async function createQueue(
  sqs: SQSClient,
  name: string,
  attributes: Record<string, string>,
): Promise<string> {
  const Attributes = { FifoQueue: 'true', ...attributes };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}.fifo`, Attributes }));
  if (!QueueUrl) throw new Error(`The queue ${name} was not made`);
  return QueueUrl;
}
