import type { CommandAws } from '../../../cli/deployed.ts';
import type { World } from '../../../cli/world.ts';
import type { AwsClient } from '../../../runtime/core/aws-errors.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from '../../conformance/files-tables.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeLogs } from '../../support/fake-logs.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { type Fields, operationOf } from '../../support/tap.ts';
import { type Captured, hookline } from '../capture.ts';

const SQS = 'https://sqs.eu-central-1.amazonaws.com/000000000000';
export const FAILURES = `${SQS}/shop-failed-executions`;
export const DISPATCH = `${SQS}/shop-dispatch`;
export const DEAD_FAILURES = `${SQS}/shop-failed-executions-dlq`;
export const ALIAS = 'arn:aws:lambda:eu-central-1:000000000000:function:shop-file-processor:live';

/** A files deployment named `shop`, on fakes, and the commands that work on it. */
export class DeployedFiles {
  readonly clock = new FakeClock({ auto: false });
  readonly dynamodb = new FakeDynamoDb({
    shop_execution_locks: LOCKS_SCHEMA,
    shop_executions: EXECUTIONS_SCHEMA,
  });
  readonly s3 = new FakeS3(['shop-executions']);
  readonly lambda = new FakeLambda();
  readonly sqs = new FakeSqs(this.clock, [
    { url: FAILURES, deadLetterUrl: DEAD_FAILURES, maxReceiveCount: 5 },
    { url: DEAD_FAILURES },
    { url: DISPATCH },
  ]);
  readonly logs = new FakeLogs(['/aws/lambda/shop-file-processor', '/aws/lambda/shop-detector']);
  /** Answers to what only `doctor` asks, by operation; a function may throw. */
  readonly facts: Record<string, (input: Fields) => object> = {
    GetAccountSettings: () => ({
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 950 },
    }),
    GetFunctionConcurrency: () => ({ ReservedConcurrentExecutions: 50 }),
    GetPolicy: ({ Qualifier }) => ({
      Policy: JSON.stringify({
        Statement: (Qualifier === 'live' ? ['detect', 'reconcile', 'janitor'] : []).map((Sid) => ({
          Sid,
          Principal: { Service: 'events.amazonaws.com' },
        })),
      }),
    }),
    DescribeTimeToLive: ({ TableName }) => ({
      TimeToLiveDescription: {
        TimeToLiveStatus: 'ENABLED',
        AttributeName: TableName === 'shop_executions' ? 'expires_at' : 'expiration_time',
      },
    }),
    DescribeTable: () => ({
      Table: { GlobalSecondaryIndexes: [{ IndexName: 'state-updated_at-index', IndexStatus: 'ACTIVE' }] },
    }),
    GetBucketEncryption: () => ({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
    }),
    GetBucketLifecycleConfiguration: () => ({
      Rules: [{ Status: 'Enabled', Filter: { Prefix: 'executions/' }, Expiration: { Days: 30 } }],
    }),
    GetMetricStatistics: ({ MetricName, Dimensions }) => ({
      Datapoints:
        MetricName === 'DetectorHeartbeat' && Dimensions[1].Value === 'prod'
          ? [3_600_000, 60_000].map((ago) => ({ Timestamp: new Date(this.clock.nowMillis() - ago), Sum: 1 }))
          : [],
    }),
  };
  /** Operations that were asked for, beside those of the fakes' own. */
  readonly asked: string[] = [];

  constructor(more: Readonly<Record<string, string>> = {}) {
    const shared = {
      SAGE_S3_BUCKET: 'shop-executions',
      SAGE_LOCK_TABLE: 'shop_execution_locks',
      SAGE_EXECUTIONS_TABLE: 'shop_executions',
    };
    this.lambda.functions.set('shop-file-processor', shared);
    this.lambda.functions.set(ALIAS, shared);
    this.lambda.functions.set('shop-detector', {
      ...shared,
      SAGE_LAMBDA_FUNCTION: ALIAS,
      SAGE_FAILURE_QUEUE_URL: FAILURES,
      ...more,
    });
  }

  readonly aws = (): CommandAws => {
    const none = async () => {
      throw new Error('No such service in this test');
    };
    return {
      clock: { nowMillis: () => this.clock.nowMillis(), sleep: async () => {} },
      s3: async () => this.knowing(this.s3),
      dynamodb: async () => this.knowing(this.dynamodb),
      sqs: async () => this.knowing(this.sqs),
      lambda: async () => this.knowing(this.lambda),
      cloudwatch: async () => this.knowing({ send: none }),
      logs: async () => this.logs,
      ssm: none,
      secretsManager: none,
    };
  };

  private knowing(client: AwsClient): AwsClient {
    return {
      send: async (command: { readonly input: object }) => {
        const name = operationOf(command);
        this.asked.push(name);
        const answer = this.facts[name];
        return answer ? answer(command.input) : client.send(command);
      },
    };
  }

  run(args: readonly string[], more: Partial<World> = {}): Promise<Captured> {
    const aws = this.aws();
    return hookline([...args, '--name', 'shop'], { aws, clock: aws.clock, ...more });
  }
}
