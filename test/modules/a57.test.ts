import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { BOT_INPUTS } from '../../modules/bot/inputs.ts';
import { propsFromSettings } from '../../modules/parts/inputs.ts';
import { snakeCase } from '../../modules/parts/names.ts';
import { buildBundles } from '../../runtime/build.ts';
import { allStatements, blocks, SHAPES, synthBot, synthModule } from './synth.ts';

const ALARMS = [
  'async_events_dropped',
  'dead_letters',
  'failed_attempts',
  'failed_events',
  'failed_statuses',
  'forbidden_burst',
  'ingress_throttles',
  'lock_table_throttles',
  'oldest_message',
  'operator_needed',
  'webhook_failures_function_url',
  'webhook_failures_http',
  'webhook_failures_rest',
  'worker_errors',
  'worker_slow',
  'worker_throttles',
];

describe.each(Object.entries(SHAPES))('bot A57: %s', (_, synth) => {
  const stack = synth();

  test('bot A57: invoking is allowed on the worker alone, and by the worker on the agent that is given', () => {
    const invokes = allStatements(stack).filter(({ actions }) =>
      actions.some((action: string) => action.startsWith('lambda:Invoke')),
    );
    for (const { sid, resources } of invokes) {
      const isAgent = sid === 'AgentFunction';
      expect(resources).toEqual([isAgent ? '${var.agent_function_arn}' : '${aws_lambda_alias.worker.arn}']);
    }
  });

  test('bot A57: no action is a pattern, and every resource is named where AWS can name it', () => {
    for (const { sid, actions, resources } of allStatements(stack)) {
      expect(actions.join()).not.toContain('*');
      if (!['Tracing', 'NetworkInterfaces'].includes(sid)) expect(resources).not.toContain('*');
    }
  });

  test('bot A57: S3 is allowed by prefix', () => {
    for (const { actions, resources, condition } of allStatements(stack)) {
      if (!actions.some((action: string) => action.startsWith('s3:'))) continue;
      const scoped = resources.every((resource: string) =>
        /\/(history|archive|jobs|files|failed-events|secrets)\/\*$/.test(resource),
      );
      const listing = actions.join() === 's3:ListBucket' && condition[0].variable === 's3:prefix';
      expect(scoped || listing, JSON.stringify(actions)).toBe(true);
    }
  });

  test('bot A57: every log group has a retention, and every function its log group', () => {
    const groups = blocks(stack, 'aws_cloudwatch_log_group').filter(({ name }) =>
      name.startsWith('/aws/lambda'),
    );
    const functions = blocks(stack, 'aws_lambda_function');
    expect(groups).toHaveLength(functions.length);
    for (const { retention_in_days } of groups)
      expect([30, '${var.log_retention_days}']).toContain(retention_in_days);
    for (const { logging_config } of functions)
      expect(logging_config.log_group).toContain('aws_cloudwatch_log_group.');
  });

  test('bot A57: current objects expire under failed-events/ and jobs/ alone, old versions after 7 days', () => {
    const rules = blocks(stack, 'aws_s3_bucket_lifecycle_configuration').flatMap(({ rule }) => rule);
    const expiring = rules.filter(({ expiration }) => expiration !== undefined);
    expect(expiring.map(({ filter }) => filter[0].prefix).sort()).toEqual(['failed-events/', 'jobs/']);
    const old = rules.filter((rule) => rule.noncurrent_version_expiration !== undefined);
    expect(old).toHaveLength(1);
    expect(old[0].filter[0].prefix).toBe('');
    expect(old[0].noncurrent_version_expiration).toEqual([
      { noncurrent_days: 7, newer_noncurrent_versions: 5 },
    ]);
  });

  test('bot A57: what cannot be done has a place', () => {
    const dead = 'aws_sqs_queue.dead.arn';
    const queue = stack.resource.aws_sqs_queue?.jobs;
    const invoke = stack.resource.aws_lambda_function_event_invoke_config?.jobs;
    expect(queue ?? invoke).toBeDefined();
    if (queue) expect(queue.redrive_policy).toContain(dead);
    if (invoke) expect(invoke.destination_config.on_failure.destination).toBe(`\${${dead}}`);
  });
});

test('bot A57: the module has every alarm, each to the topic', () => {
  const { resource } = synthModule();
  const alarms = resource.aws_cloudwatch_metric_alarm ?? {};
  expect(
    Object.keys(alarms)
      .map((id) => id.replace('alarm_', ''))
      .sort(),
  ).toEqual(ALARMS);
  for (const alarm of Object.values(alarms)) {
    expect(alarm.alarm_actions).toBe('${var.alarm_topic_arn != null ? [var.alarm_topic_arn] : []}');
    expect(alarm.alarm_description).toMatch(/\.$/);
  }
});

test('bot A57: false stays false, in props, in settings and in variables', () => {
  const booleans = Object.entries(BOT_INPUTS).filter(([, { kind }]) => kind.terraformType === 'bool');
  const settings = Object.fromEntries(booleans.map(([name]) => [snakeCase(name), false]));
  const props = propsFromSettings(BOT_INPUTS, settings);
  expect(props).toEqual(Object.fromEntries(booleans.map(([name]) => [name, false])));

  const off = synthBot(props);
  expect(off.resource.aws_cloudwatch_metric_alarm).toBeUndefined();
  expect(off.resource.aws_cloudwatch_log_metric_filter).toBeUndefined();
  expect(off.resource.aws_cloudwatch_dashboard).toBeUndefined();
  expect(off.resource.aws_api_gateway_account).toBeUndefined();
  expect(off.data.aws_ssm_parameter).toBeUndefined();
  expect(off.resource.aws_api_gateway_stage?.api_rest?.xray_tracing_enabled).toBe(false);
  for (const { tracing_config, environment } of blocks(off, 'aws_lambda_function')) {
    expect(tracing_config.mode).toBe('PassThrough');
    expect(environment.variables.CAPTURE_FAILED_EVENTS).toBe('false');
    expect(environment.variables.WHATSAPP_VERIFY_SIGNATURE).toBe('true');
  }
  expect(allStatements(off).map(({ sid }) => sid)).not.toContain('Tracing');
  expect(allStatements(off).map(({ sid }) => sid)).not.toContain('FailedEvents');

  for (const [name, { default: fallback }] of booleans) {
    expect(synthModule().variable[snakeCase(name)]).toMatchObject({ default: fallback, nullable: false });
  }
});

test('bot A57: the built zips hold code alone', async () => {
  const outdir = await mkdtemp(path.join(tmpdir(), 'hookline-zips-'));
  try {
    for (const { zipPath } of await buildBundles({ outdir, entries: ['bot-ingress', 'bot-worker', 'bot'] })) {
      const names = Object.keys(unzipSync(await readFile(zipPath)));
      expect(names).toContain('index.mjs');
      for (const name of names) expect(name).toMatch(/^[\w.-]+\.mjs$/);
    }
  } finally {
    await rm(outdir, { recursive: true });
  }
});
