import { describe, expect, test } from 'vitest';
import { FilesStack } from '../../modules/app-stack.ts';
import { PRICES as MODULE_PRICES } from '../../modules/files/cost.ts';
import { SERVICE_RIGHTS } from '../../modules/files/policies.ts';
import { checkSettings } from '../../modules/settings.ts';
import { PRICES } from '../../runtime/files/store/cost.ts';
import { STATE_INDEX } from '../../runtime/files/store/execution-table.ts';
import { FILES_ZIPS, synthFiles, synthFilesModule } from './files-synth.ts';
import {
  addresses,
  type Block,
  blocks,
  documentsOf,
  type Synthesised,
  statements,
  synthIn,
} from './synth.ts';

const plain = synthFiles();
const alarm = (stack: Synthesised, id: string): Block | undefined =>
  stack.resource.aws_cloudwatch_metric_alarm?.[`alarm_${id}`];
const dashboardOf = (stack: Synthesised): readonly Block[] =>
  JSON.parse(blocks(stack, 'aws_cloudwatch_dashboard')[0]?.dashboard_body).widgets;

describe('files T56: the synthesised stack', () => {
  test('files T56: the function', () => {
    expect(plain.resource.aws_lambda_function?.processor).toMatchObject({
      function_name: 'sage-file-processor',
      memory_size: 2_048,
      timeout: 900,
      reserved_concurrent_executions: 50,
      architectures: ['arm64'],
      ephemeral_storage: { size: 4_096 },
      publish: true,
    });
    expect(plain.resource.aws_lambda_alias?.processor).toMatchObject({ name: 'live' });
    expect(plain.resource.aws_lambda_function_event_invoke_config?.processor_invokes).toMatchObject({
      maximum_retry_attempts: 0,
      maximum_event_age_in_seconds: 300,
      destination_config: { on_failure: { destination: '${aws_sqs_queue.failures.arn}' } },
    });
  });

  test('files T56: the tables are paid by request, encrypted and kept, with their time to live', () => {
    const { locks, executions } = plain.resource.aws_dynamodb_table ?? {};
    const kept = {
      billing_mode: 'PAY_PER_REQUEST',
      hash_key: 'execution_id',
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
      server_side_encryption: { enabled: true },
    };
    expect(locks).toMatchObject({
      ...kept,
      name: 'sage_execution_locks',
      ttl: { attribute_name: 'expiration_time', enabled: true },
    });
    expect(executions).toMatchObject({ ...kept, name: 'sage_executions', ttl: { enabled: true } });
    expect(executions?.global_secondary_index).toHaveLength(1);
    expect(executions?.global_secondary_index[0]).toMatchObject({
      name: STATE_INDEX,
      hash_key: 'state',
      range_key: 'updated_at',
    });
  });

  test('files T56: the bucket is encrypted, private, and forgets after 30 days what lies below executions/', () => {
    expect(blocks(plain, 'aws_s3_bucket')[0]?.bucket).toBe(
      'sage-executions-${data.aws_caller_identity.current.account_id}',
    );
    const [lifecycle] = blocks(plain, 'aws_s3_bucket_lifecycle_configuration');
    expect(lifecycle?.rule).toEqual([
      expect.objectContaining({ filter: [{ prefix: 'executions/' }], expiration: [{ days: 30 }] }),
      expect.objectContaining({
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
      }),
    ]);
    const [encryption] = blocks(plain, 'aws_s3_bucket_server_side_encryption_configuration');
    expect(encryption?.rule[0]).toMatchObject({
      apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms' },
      bucket_key_enabled: true,
    });
    expect(blocks(plain, 'aws_s3_bucket_public_access_block')[0]).toMatchObject({
      restrict_public_buckets: true,
    });
    expect(blocks(plain, 'aws_s3_bucket_versioning')[0]).toMatchObject({
      versioning_configuration: { status: 'Enabled' },
    });
    expect(blocks(plain, 'aws_s3_bucket_policy')[0]?.policy).toContain('aws:SecureTransport');
  });

  test('files T56: the three stated alarms, and that of concurrency follows what is reserved', () => {
    expect(alarm(plain, 'errors')).toMatchObject({
      metric_name: 'Errors',
      statistic: 'Sum',
      period: 300,
      evaluation_periods: 1,
      threshold: 5,
      comparison_operator: 'GreaterThanThreshold',
      treat_missing_data: 'notBreaching',
      alarm_actions: ['${local.alarm_topic_arn}'],
      ok_actions: ['${local.alarm_topic_arn}'],
    });
    expect(alarm(plain, 'duration')).toMatchObject({
      metric_name: 'Duration',
      statistic: 'Maximum',
      period: 300,
      threshold: 600_000,
    });
    const concurrency = {
      metric_name: 'ConcurrentExecutions',
      statistic: 'Maximum',
      period: 60,
      evaluation_periods: 5,
      datapoints_to_alarm: 3,
    };
    expect(alarm(plain, 'concurrency')).toMatchObject({ ...concurrency, threshold: 45 });
    const wider = synthFiles({ reservedConcurrency: 80 });
    expect(wider.resource.aws_lambda_function?.processor?.reserved_concurrent_executions).toBe(80);
    expect(alarm(wider, 'concurrency')).toMatchObject({ ...concurrency, threshold: 72 });
  });

  test('files T56: the four stated panels come first', () => {
    const [split, time, ends, cost] = dashboardOf(plain).map(({ properties }) => properties);
    expect(blocks(plain, 'aws_cloudwatch_dashboard')[0]?.dashboard_name).toBe('sage-operations');
    expect(split).toMatchObject({ stacked: true, stat: 'Sum' });
    expect(split.metrics.slice(0, 2).map((metric: unknown[]) => metric.slice(0, 6))).toEqual(
      ['local', 'lambda'].map((target) => [
        'SAGE',
        'ExecutionsStarted',
        'Target',
        target,
        'Environment',
        'prod',
      ]),
    );
    expect(time).toMatchObject({ stat: 'Average' });
    expect(JSON.stringify(time.metrics)).toMatch(/p50.*p95.*p99/);
    expect(JSON.stringify(ends.metrics)).toMatch(/Succeeded.*Partial.*Rejected.*Errored/);
    expect(cost).toMatchObject({ period: 86_400, stat: 'Sum' });
  });

  test('files T56: no star but that of the two X-Ray actions, and those of networks where one is given', () => {
    expect(documentsOf(plain).sort()).toEqual(['detector', 'orchestrator', 'processor', 'reader']);
    for (const id of documentsOf(plain)) {
      for (const { sid, actions, resources } of statements(plain, id)) {
        expect(actions.join(), sid).not.toContain('*');
        if (sid === 'NetworkInterfaces') continue;
        expect([resources].flat().includes('*'), `${id} ${sid}`).toBe(sid === 'Tracing');
      }
    }
  });
});

test('null takes the reserved concurrency away, and its alarm with it', () => {
  const free = synthFiles({ reservedConcurrency: null });
  expect(free.resource.aws_lambda_function?.processor).not.toHaveProperty('reserved_concurrent_executions');
  expect(alarm(free, 'concurrency')).toBeUndefined();
  const settings = checkSettings({ files: { reserved_concurrency: null } }, 'hookline.json');
  expect(settings.files).toEqual({ reservedConcurrency: null });
});

test('warm environments beyond the reserved ones are refused, a schedule without them too', () => {
  expect(() => synthFiles({ provisionedConcurrency: { min: 2, max: 60 } })).toThrow(/reserved_concurrency/);
  const schedule = { start: 'cron(0 6 * * ? *)', stop: 'cron(0 20 * * ? *)' };
  expect(() => synthFiles({ provisionedSchedule: schedule })).toThrow(/needs provisioned_concurrency/);
});

test('environments are kept warm by the clock', () => {
  const schedule = {
    start: 'cron(0 6 * * ? *)',
    stop: 'cron(0 20 * * ? *)',
    timezone: 'America/Mexico_City',
  };
  const stack = synthFiles({ provisionedConcurrency: { min: 2, max: 5 }, provisionedSchedule: schedule });
  const actions = stack.resource.aws_appautoscaling_scheduled_action ?? {};
  expect(Object.values(actions)).toHaveLength(2);
  expect(actions.processor_warm_start).toMatchObject({
    schedule: schedule.start,
    scalable_target_action: { min_capacity: '2', max_capacity: '5' },
  });
  expect(actions.processor_warm_stop).toMatchObject({
    schedule: schedule.stop,
    scalable_target_action: { min_capacity: '0', max_capacity: '0' },
  });
});

test('executions come from a queue where that is asked for', () => {
  expect(blocks(plain, 'aws_lambda_event_source_mapping')).toEqual([]);
  const queued = synthFiles({ dispatch: 'sqs' });
  expect(blocks(queued, 'aws_lambda_event_source_mapping')).toEqual([
    expect.objectContaining({
      batch_size: 1,
      function_response_types: ['ReportBatchItemFailures'],
      scaling_config: { maximum_concurrency: 40 },
    }),
  ]);
  expect(queued.resource.aws_sqs_queue?.dispatch?.name).toBe('sage-dispatch');
});

test('a reader gets every result and no error.log', () => {
  const [allowed, denied] = statements(plain, 'reader');
  expect(allowed).toMatchObject({ actions: ['s3:GetObject'] });
  expect(denied).toMatchObject({ effect: 'Deny', actions: ['s3:GetObject'] });
  expect(denied?.resources[0]).toMatch(/executions\/\*\/error\.log$/);
});

test('the detector is called with its three tasks', () => {
  const targets = Object.values(plain.resource.aws_cloudwatch_event_target ?? {});
  expect(targets.map(({ input }) => JSON.parse(input).task).sort()).toEqual([
    'detect',
    'janitor',
    'reconcile',
  ]);
});

test('the prices of the module are those that the runtime counts with', () => {
  for (const processor of ['arm64', 'x86_64'] as const)
    expect(Number(MODULE_PRICES[processor].run)).toBe(PRICES[processor].gbSecond);
});

test('every right that no call shows has its reason', () => {
  for (const [action, reason] of Object.entries(SERVICE_RIGHTS)) expect(reason, action).toMatch(/\w{3}/);
});

test('a settings file makes the stack, and a typo in it is told with the nearest key', () => {
  const settings = checkSettings({ files: { memory_mb: 3_008 } }, 'hookline.json');
  const stack = synthIn<Synthesised>(
    (app) => new FilesStack(app, settings, { ...settings.files, bundles: FILES_ZIPS }),
  );
  expect(stack.resource.aws_lambda_function?.processor?.memory_size).toBe(3_008);
  expect(() => checkSettings({ files: { memory: 1 } }, 'hookline.json')).toThrow(/files\.memory_mb/);
});

describe('the published module', () => {
  const module = synthFilesModule();

  test('addresses are part of the interface: when one moves, add a moved block', () => {
    expect(addresses(module)).toMatchSnapshot();
    expect(Object.keys(module.variable)).toMatchSnapshot();
    expect(Object.keys(module.output)).toMatchSnapshot();
  });

  test('the reserved concurrency may be null there, too', () => {
    expect(module.variable.reserved_concurrency).toMatchObject({ default: 50, nullable: true });
    expect(module.variable.memory_mb).toMatchObject({ nullable: false });
  });

  test('its zips lie beside it', () => {
    expect(module.resource.aws_lambda_function?.processor?.filename).toBe('${path.module}/files-worker.zip');
  });
});
