import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import {
  detectorStatements,
  EXECUTIONS_PREFIX,
  type PolicySubjects,
  processorStatements,
  SERVICE_RIGHTS,
} from '../../../modules/files/policies.ts';
import { buildDetectorHandler } from '../../../runtime/files/detector-handler.ts';
import { buildWorkerHandler } from '../../../runtime/files/worker-handler.ts';
import { type AwsCall, awsError, Tap } from '../../support/tap.ts';
import { Cloud, QUEUE } from './run/cloud.ts';
import { YAML } from './run/delivery.ts';
import { context, event } from './run/world.ts';

/** The policies of modules/files against what the functions really call. */

const FUNCTION = 'sage-file-processor:live';
const ON: PolicySubjects = {
  logGroupArn: 'log',
  bucketArn: 'bucket',
  locksArn: 'locks',
  executionsArn: 'executions',
  failuresArn: QUEUE,
  dispatchArn: '',
  hasDispatch: false,
  processorAliasArn: FUNCTION,
  functionArns: [],
  secretArns: [],
  hasSecrets: false,
  tracing: true,
  vpc: undefined,
  kmsKeyArn: undefined,
};
const STATEMENTS = { processor: processorStatements, detector: detectorStatements };
type Name = keyof typeof STATEMENTS;

/** What a function may do, less what only AWS services do in its name. */
const rightsOf = (name: Name): readonly string[] =>
  STATEMENTS[name](ON)
    .filter(({ when = true }) => when === true)
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => [resources].flat().map((resource) => `${action} on ${resource}`)),
    )
    // The queues that Lambda uses in the processor's name, the detector uses itself.
    .filter((right) => !isOfService(right) || (name === 'detector' && right.startsWith('sqs:')));

const isOfService = (right: string): boolean => (right.split(' ')[0] as string) in SERVICE_RIGHTS;

const OBJECTS = `bucket/${EXECUTIONS_PREFIX}*`;
/** Actions of S3's operations; the listing and what ends an upload are among the service's rights. */
const S3_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GetObject: ['GetObject'],
  HeadObject: ['GetObject'],
  PutObject: ['PutObject'],
  CopyObject: ['GetObject', 'PutObject'],
  DeleteObject: ['DeleteObject'],
  ListObjectsV2: [],
};

function neededBy({ service, name, input }: AwsCall): readonly string[] {
  if (service === 's3') return (S3_ACTIONS[name] ?? [name]).map((action) => `s3:${action} on ${OBJECTS}`);
  if (service === 'lambda') return [`lambda:${name}Function on ${input.FunctionName}`];
  if (service === 'sqs') return [`sqs:${name} on ${input.QueueUrl}`];
  return [`dynamodb:${name} on ${input.TableName}${input.IndexName ? `/index/${input.IndexName}` : ''}`];
}

/** Both functions, each watched. */
class Watched {
  readonly cloud = new Cloud();
  readonly taps: Readonly<Record<Name, Tap>> = { processor: new Tap(), detector: new Tap() };
  readonly worker = buildWorkerHandler({ ...this.cloud.options, clients: this.clientsOf('processor') });
  readonly detector = buildDetectorHandler({
    ...this.cloud.options,
    clients: this.clientsOf('detector'),
    environment: { ...this.cloud.environment, SAGE_FAILURE_QUEUE_URL: QUEUE },
  });

  private clientsOf(name: Name) {
    const { dynamodb, s3, lambda, sqs, clock } = this.cloud;
    const tap = this.taps[name];
    return { dynamodb: dynamodb.as(tap), s3: s3.as(tap), lambda: lambda.as(tap), sqs: sqs.as(tap), clock };
  }

  get used() {
    const of = (name: Name) => [...new Set(this.taps[name].details.flatMap(neededBy))].sort();
    return { processor: of('processor'), detector: of('detector') };
  }
}

/** A good run; a failed attempt, its repetition by the detector, a copy that was cut off, the daily and the hourly look. */
async function wholeLife(): Promise<Watched['used']> {
  const watched = new Watched();
  const { cloud, taps, worker, detector } = watched;
  await cloud.put('data.csv', 'id,name\n1,a\n', 'e2');
  const input_files = [{ source_execution_id: 'e2', filename: 'data.csv' }];
  expect(
    await worker(event({ execution_id: 'e2', yaml_config: YAML, input_files }), context()),
  ).toMatchObject({
    statusCode: 200,
  });
  await cloud.put('data.csv', 'id,name\n1,a\n');
  let isBroken = true;
  taps.processor.before = ({ name, input }) => {
    if (isBroken && name === 'PutObject' && String(input.Key).includes('/report.json'))
      throw awsError('AccessDenied', 403);
  };
  await worker(event({ yaml_config: YAML }), context());
  isBroken = false;
  await detector({ task: 'detect' });
  cloud.clock.jump(900_000);
  await detector({ task: 'detect' });
  taps.processor.before = ({ name }) => {
    if (name === 'CopyObject') throw awsError('AccessDenied', 403);
  };
  await worker(cloud.lambda.invocations[0]?.payload, context());
  expect(cloud.record).toMatchObject({ state: { S: 'SUCCEEDED' }, attempt: { N: '2' } });
  cloud.clock.jump(60_000);
  await detector({ task: 'detect' });
  expect(cloud.record.published_at).toBeDefined();
  const MessageBody = JSON.stringify({ requestPayload: { execution_id: 'nobody' }, requestContext: {} });
  await cloud.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody }));
  await detector({ task: 'detect' });
  await detector({ task: 'reconcile' });
  cloud.clock.jump(25 * 3_600_000);
  await detector({ task: 'janitor' });
  return watched.used;
}

test('files T56: each function may do what it is seen to do, and nothing else', async () => {
  const used = await wholeLife();
  for (const name of ['processor', 'detector'] as const)
    expect(used[name], name).toEqual([...rightsOf(name)].sort());
});
