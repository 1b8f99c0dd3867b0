import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { ConfigError } from '../../../../runtime/core/errors.ts';
import { buildDetectorHandler } from '../../../../runtime/files/detector-handler.ts';
import { buildWorkerHandler } from '../../../../runtime/files/worker-handler.ts';
import { LogCapture } from '../../../support/log-capture.ts';
import { Cloud, QUEUE } from './cloud.ts';
import { YAML } from './delivery.ts';
import { context, event } from './world.ts';

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
