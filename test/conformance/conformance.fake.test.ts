import { SCHEMAS, TABLES } from '../runtime/replies/tables.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { FakeSqs } from '../support/fake-sqs.ts';
import type { MakeClients } from './clients.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from './files-tables.ts';
import { defineConformance } from './suites.ts';

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/hookline.fifo';
const deadLetterUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/hookline-dlq.fifo';

const makeFakes: MakeClients = async () => {
  const clock = new FakeClock({ auto: false });
  const main = { url: queueUrl, visibilityTimeoutSeconds: 2, maxReceiveCount: 2, deadLetterUrl };
  return {
    dynamodb: new FakeDynamoDb({
      locks: 'user_id',
      ...SCHEMAS,
      sage_locks: LOCKS_SCHEMA,
      sage_executions: EXECUTIONS_SCHEMA,
    }),
    tableName: 'locks',
    replies: TABLES,
    files: { locks: 'sage_locks', executions: 'sage_executions' },
    s3: new FakeS3(),
    bucket: 'bucket',
    sqs: new FakeSqs(clock, [main, { url: deadLetterUrl }]),
    queueUrl,
    deadLetterUrl,
    waitMillis: (millis) => clock.advance(millis),
  };
};

defineConformance('the fake', makeFakes);
