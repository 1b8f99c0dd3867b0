import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../../../runtime/core/errors.ts';
import { buildDetectorHandler } from '../../../../runtime/files/detector-handler.ts';
import { buildWorkerHandler } from '../../../../runtime/files/worker-handler.ts';
import { EXECUTIONS_SCHEMA, LOCKS_SCHEMA } from '../../../conformance/files-tables.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../../support/fake-lambda.ts';
import { FakeS3 } from '../../../support/fake-s3.ts';
import { FakeSqs } from '../../../support/fake-sqs.ts';
import { LogCapture } from '../../../support/log-capture.ts';
import { YAML } from './delivery.ts';
import { context, event } from './world.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/000000000000/sage-failed-executions';

class Cloud {
  readonly clock = new FakeClock({ auto: false });
  readonly dynamodb = new FakeDynamoDb({ locks: LOCKS_SCHEMA, executions: EXECUTIONS_SCHEMA });
  readonly s3 = new FakeS3(['bucket']);
  readonly lambda = new FakeLambda();
  readonly sqs = new FakeSqs(this.clock, [{ url: QUEUE }]);
  readonly logs = new LogCapture();
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'files-handler-'));
  readonly environment = {
    SAGE_S3_BUCKET: 'bucket',
    SAGE_LOCK_TABLE: 'locks',
    SAGE_EXECUTIONS_TABLE: 'executions',
    SAGE_LAMBDA_FUNCTION: 'sage-file-processor:live',
    SAGE_ENVIRONMENT: 'test',
    SAGE_INVOCATION_MODE: 'sync',
    SAGE_LOCALE: 'en',
  };
  readonly options = {
    clients: this,
    environment: this.environment,
    temporaryFolder: this.folder,
    writeLog: this.logs.write,
  };
  readonly worker = buildWorkerHandler(this.options);
  readonly detector = buildDetectorHandler(this.options);

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  async put(name: string, content: string): Promise<void> {
    const Key = `executions/e1/${name}`;
    await this.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Buffer.from(content) }));
  }

  get keys(): readonly string[] {
    return [...this.s3.buckets.get('bucket')!.keys()].map((key) => key.replace('executions/e1/', ''));
  }

  get record() {
    return this.dynamodb.item('e1', 'executions')!;
  }
}

test('B1: a function without its variables does not start, and says which', () => {
  const logs = new LogCapture();
  for (const build of [buildWorkerHandler, buildDetectorHandler])
    expect(() => build({ environment: {}, writeLog: logs.write })).toThrow(ConfigError);
  expect(logs.of('configuration_faulty')[0]?.faults).toEqual([
    'SAGE_S3_BUCKET is not set',
    'SAGE_LOCK_TABLE is not set',
  ]);
  expect(logs.lines.every(({ level }) => level === 'CRITICAL')).toBe(true);
});

test('files T15 T16: a delivery goes through bucket, tables and the real processor; its reports are published', async () => {
  const cloud = new Cloud();
  await cloud.put('data.csv', 'id,name\n1,a\n1,b\n2,\n');
  const pad = `# ${'x'.repeat(900 * 1024)}\n`;
  const reply = await cloud.worker(event({ yaml_config: YAML + pad }), context());
  if (!('statusCode' in reply)) throw new Error('no reply');
  const body = JSON.parse(reply.body);
  expect(reply.statusCode).toBe(200);
  expect(body.result).toMatchObject({ verdict: 'Fallido', counts: { records: 3, errors: 2 } });
  expect(cloud.record).toMatchObject({ state: { S: 'REJECTED' }, attempt: { N: '1' } });
  expect(cloud.record.published_at).toBeDefined();
  expect(cloud.keys).toEqual(
    expect.arrayContaining(['report.json', 'report.html', 'results.txt', 'manifest.json', 'cfg/config.yaml']),
  );
  expect(cloud.dynamodb.items('locks').size).toBe(0);
  const metric = cloud.logs.lines.find((line) => 'RunCost' in line);
  expect(metric).toMatchObject({ Target: 'lambda', Environment: 'test' });
  expect(cloud.logs.text).not.toContain('"b"');
});

test('what failed is dispatched again by reference, within 200 KiB, and then runs', async () => {
  const cloud = new Cloud();
  const broken = buildWorkerHandler({
    ...cloud.options,
    process: async () => {
      throw new Error('once');
    },
  });
  await cloud.put('data.csv', 'id,name\n1,a\n');
  const pad = `# ${'x'.repeat(900 * 1024)}\n`;
  await broken(event({ yaml_config: YAML + pad }), context());
  expect(cloud.record.state).toEqual({ S: 'ERRORED' });
  await cloud.detector({ task: 'detect' });
  cloud.clock.jump(900_000);
  await cloud.detector({ task: 'detect' });
  expect(cloud.lambda.invocations).toHaveLength(1);
  const { payload, functionName } = cloud.lambda.invocations[0]!;
  expect(functionName).toBe('sage-file-processor:live');
  expect(JSON.stringify(payload).length).toBeLessThan(1000);
  expect(payload).toMatchObject({ v: 1, attempt: 2, yaml_ref: { filename: 'cfg/config.yaml' } });
  await cloud.worker(payload, context());
  expect(cloud.record).toMatchObject({ state: { S: 'SUCCEEDED' }, attempt: { N: '2' } });
  expect(cloud.keys).not.toContain('error.log');
  expect(await cloud.detector({ task: 'janitor' })).toEqual({ removed: 0 });
  cloud.clock.jump(25 * 3_600_000);
  expect(await cloud.detector({ task: 'janitor' })).toEqual({ removed: 1 });
  expect(await cloud.detector({ task: 'reconcile' })).toEqual({ mended: 0 });
});

test('a failure in the queue is taken out of it once its execution is seen to', async () => {
  const cloud = new Cloud();
  const detector = buildDetectorHandler({
    ...cloud.options,
    environment: { ...cloud.environment, SAGE_FAILURE_QUEUE_URL: QUEUE },
  });
  const MessageBody = JSON.stringify({
    requestPayload: { execution_id: 'nobody', attempt: 1 },
    requestContext: { condition: 'EventAgeExceeded' },
  });
  await cloud.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody }));
  await cloud.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: 'unreadable' }));
  await detector({});
  expect(cloud.sqs.messages(QUEUE).map(({ body }) => body)).toEqual(['unreadable']);
});
