import type { CommandAws } from '../../cli/deployed.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import { FakeLambda } from '../support/fake-lambda.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { FakeSqs } from '../support/fake-sqs.ts';
import { FakeSsm } from '../support/fake-ssm.ts';
import { hookline } from './capture.ts';

export const QUEUE_URL = 'https://sqs.example/shop-jobs.fifo';
export const DEAD_LETTER_URL = 'https://sqs.example/shop-dead.fifo';
export const INVOKED_DEAD_URL = 'https://sqs.example/shop-dead';

/** The bot `shop` as it is deployed, on fakes, and the command that works on it. */
export function deployedWorld(policy: 'drop' | 'fifo' = 'fifo', more: Readonly<Record<string, string>> = {}) {
  const clock = new FakeClock();
  const s3 = new FakeS3();
  const dynamodb = new FakeDynamoDb({ locks: 'user_id' });
  const dead = policy === 'fifo' ? DEAD_LETTER_URL : INVOKED_DEAD_URL;
  const sqs = new FakeSqs(clock, [{ url: QUEUE_URL }, { url: dead }]);
  const lambda = new FakeLambda();
  const ssm = new FakeSsm();
  lambda.functions.set('shop-worker', {
    BOT_TYPE: 'whatsapp',
    BUCKET_NAME: 'bucket',
    LOCKS_TABLE_NAME: 'locks',
    MAWS_BUSY_POLICY: policy,
    MAWS_QUEUE_URL: policy === 'fifo' ? QUEUE_URL : '',
    WORKER_FUNCTION_NAME: 'shop-worker:live',
    ENV_PARAMETER_NAME: '/shop/prod/env',
    CAPTURE_FAILED_EVENTS: 'true',
    ...more,
  });
  ssm.parameters.set(
    '/shop/prod/env',
    'WHATSAPP_TOKEN=token\nWHATSAPP_PHONE_NUMBER_ID=1055\nWEBHOOK_VERIFY_TOKEN=verify\nTELEGRAM_TOKEN=1:token\n',
  );
  const none = async () => {
    throw new Error('No such service in this test');
  };
  const aws: CommandAws = {
    clock,
    s3: async () => s3,
    dynamodb: async () => dynamodb,
    sqs: async () => sqs,
    lambda: async () => lambda,
    ssm: async () => ssm,
    secretsManager: none,
    cloudwatch: none,
    logs: none,
  };
  const run = (args: readonly string[]) => hookline(['bot', ...args], { aws });
  return { clock, s3, dynamodb, sqs, lambda, ssm, aws, run };
}
