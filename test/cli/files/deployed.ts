import type { CommandAws } from '../../../cli/deployed.ts';
import type { World } from '../../../cli/world.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from '../../conformance/files-tables.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { type Captured, hookline } from '../capture.ts';

const SQS = 'https://sqs.eu-central-1.amazonaws.com/000000000000';
export const FAILURES = `${SQS}/shop-failed-executions`;
export const DISPATCH = `${SQS}/shop-dispatch`;
const ALIAS = 'arn:aws:lambda:eu-central-1:000000000000:function:shop-file-processor:live';

/** A files deployment named `shop`, on fakes, and the commands that work on it. */
export class DeployedFiles {
  readonly clock = new FakeClock({ auto: false });
  readonly dynamodb = new FakeDynamoDb({
    shop_execution_locks: LOCKS_SCHEMA,
    shop_executions: EXECUTIONS_SCHEMA,
  });
  readonly s3 = new FakeS3(['shop-executions']);
  readonly lambda = new FakeLambda();
  readonly sqs = new FakeSqs(this.clock, [{ url: FAILURES }, { url: DISPATCH }]);

  constructor(more: Readonly<Record<string, string>> = {}) {
    const shared = {
      SAGE_S3_BUCKET: 'shop-executions',
      SAGE_LOCK_TABLE: 'shop_execution_locks',
      SAGE_EXECUTIONS_TABLE: 'shop_executions',
    };
    this.lambda.functions.set('shop-file-processor', shared);
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
      s3: async () => this.s3,
      dynamodb: async () => this.dynamodb,
      sqs: async () => this.sqs,
      lambda: async () => this.lambda,
      ssm: none,
      secretsManager: none,
      cloudwatch: none,
      logs: none,
    };
  };

  run(args: readonly string[], more: Partial<World> = {}): Promise<Captured> {
    const aws = this.aws();
    return hookline([...args, '--name', 'shop'], { aws, clock: aws.clock, ...more });
  }
}

export { ALIAS };
