import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Testing } from 'cdktf';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { BotStack } from '../../modules/app-stack.ts';
import { BOT_INPUTS } from '../../modules/bot/inputs.ts';
import { propsFromSettings } from '../../modules/parts/inputs.ts';
import { snakeCase } from '../../modules/parts/names.ts';
import { buildBundles } from '../../runtime/build.ts';
import {
  addresses,
  type Block,
  blocks,
  type Synthesised,
  statements,
  synthBot,
  synthModule,
  ZIPS,
} from './synth.ts';

/** Every shape that a bot can take, with literals and with variables. */
const SHAPES: Readonly<Record<string, () => Synthesised>> = {
  drop: () => synthBot({ busyPolicy: 'drop' }),
  fifo: () => synthBot({ busyPolicy: 'fifo' }),
  merge: () => synthBot({ busyPolicy: 'merge' }),
  'one function': () => synthBot({ singleFunction: true }),
  telegram: () => synthBot({ botType: 'telegram' }),
  module: synthModule,
};

const ALARMS = [
  'async_events_dropped',
  'dead_letters',
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

const documentsOf = (stack: Synthesised) => Object.keys(stack.data.aws_iam_policy_document ?? {});

const allStatements = (stack: Synthesised) => documentsOf(stack).flatMap((id) => statements(stack, id));

const actionsOn = (stack: Synthesised, id: string, service: string): readonly string[] =>
  statements(stack, id)
    .flatMap(({ actions }) => actions as string[])
    .filter((action) => action.startsWith(`${service}:`))
    .sort();

describe.each(Object.entries(SHAPES))('bot A57: %s', (_, synth) => {
  const stack = synth();

  test('bot A57: invoking is allowed on the worker alone', () => {
    const invokes = allStatements(stack).filter(({ actions }) =>
      actions.some((action: string) => action.startsWith('lambda:Invoke')),
    );
    for (const { resources } of invokes) expect(resources).toEqual(['${aws_lambda_alias.worker.arn}']);
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
        /\/(history|jobs|failed-events|secrets)\/\*$/.test(resource),
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
    for (const { zipPath } of await buildBundles({ outdir })) {
      const names = Object.keys(unzipSync(await readFile(zipPath)));
      expect(names).toContain('index.mjs');
      for (const name of names) expect(name).toMatch(/^[\w.-]+\.mjs$/);
    }
  } finally {
    await rm(outdir, { recursive: true });
  }
});

describe('roles', () => {
  test('the ingress of a WhatsApp bot marks statuses, that of a Telegram bot touches no table', () => {
    expect(actionsOn(synthBot(), 'ingress', 'dynamodb')).toEqual(['dynamodb:UpdateItem']);
    expect(actionsOn(synthBot({ botType: 'telegram' }), 'ingress', 'dynamodb')).toEqual([]);
  });

  test('the ingress hands over in one way', () => {
    const drop = synthBot({ busyPolicy: 'drop' });
    expect(actionsOn(drop, 'ingress', 'lambda')).toEqual(['lambda:InvokeFunction']);
    expect(actionsOn(drop, 'ingress', 'sqs')).toEqual([]);
    const fifo = synthBot({ busyPolicy: 'fifo' });
    expect(actionsOn(fifo, 'ingress', 'lambda')).toEqual([]);
    expect(actionsOn(fifo, 'ingress', 'sqs')).toEqual(['sqs:SendMessage']);
  });

  test('the worker reads its queue or reports failed invocations', () => {
    expect(actionsOn(synthBot({ busyPolicy: 'drop' }), 'worker', 'sqs')).toEqual(['sqs:SendMessage']);
    expect(actionsOn(synthBot({ busyPolicy: 'merge' }), 'worker', 'sqs')).toEqual([
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
  });

  test('one function has the permissions of both', () => {
    const single = synthBot({ singleFunction: true });
    expect(documentsOf(single)).toEqual(['worker']);
    const both = [...statements(synthBot(), 'ingress'), ...statements(synthBot(), 'worker')];
    const sids = (list: readonly Block[]) => [...new Set(list.map(({ sid }) => sid))].sort();
    expect(sids(statements(single, 'worker'))).toEqual(sids(both));
  });

  test('a secret in Secrets Manager is named', () => {
    const stack = synthBot({ envParameterName: '/aws/reference/secretsmanager/shop' });
    const secret = statements(stack, 'worker').find(({ sid }) => sid === 'Secret');
    expect(secret?.resources[0]).toMatch(/:secret:shop-\?{6}$/);
    expect(stack.data.aws_ssm_parameter).toBeUndefined();
  });
});

describe('functions', () => {
  test('everything calls the alias', () => {
    const { resource, locals } = synthBot({ busyPolicy: 'fifo' });
    expect(locals.front_invoke_arn).toBe('${aws_lambda_alias.ingress.invoke_arn}');
    expect(resource.aws_api_gateway_integration?.api_rest_post_proxy?.uri).toBe('${local.front_invoke_arn}');
    expect(locals.front_alias).toBe('${aws_lambda_alias.ingress.name}');
    expect(resource.aws_lambda_permission?.api_rest?.qualifier).toBe('${local.front_alias}');
    expect(resource.aws_lambda_alias?.ingress?.name).toBe('live');
    expect(resource.aws_lambda_event_source_mapping?.jobs?.function_name).toBe(
      '${aws_lambda_alias.worker.arn}',
    );
    const drop = synthBot();
    expect(drop.resource.aws_lambda_function?.ingress?.environment.variables.WORKER_FUNCTION_NAME).toBe(
      'hookline-worker:live',
    );
  });

  test('memory, time, runtime and processor have the measured defaults', () => {
    const { ingress, worker } = synthBot().resource.aws_lambda_function ?? {};
    const common = {
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      publish: true,
      handler: 'index.handler',
    };
    expect(ingress).toMatchObject({ ...common, memory_size: 256, timeout: 10 });
    expect(worker).toMatchObject({ ...common, memory_size: 512, timeout: 120 });
  });

  test('no variable carries a secret', () => {
    for (const { environment } of blocks(synthBot(), 'aws_lambda_function')) {
      const names = Object.keys(environment.variables);
      const suspicious = names.filter((name) => /TOKEN|KEY|PASSWORD/.test(name));
      expect(suspicious).toEqual([]);
      expect(environment.variables.ENV_PARAMETER_NAME).toBe('/hookline/prod/env');
    }
  });

  test('unsigned webhooks need a word', () => {
    const variables = (stack: Synthesised) =>
      stack.resource.aws_lambda_function?.ingress?.environment.variables;
    expect(variables(synthBot()).WHATSAPP_VERIFY_SIGNATURE).toBe('true');
    expect(variables(synthBot()).TELEGRAM_WEBHOOK_SECRET_REQUIRED).toBe('true');
    expect(variables(synthBot({ allowUnsignedWebhooks: true })).WHATSAPP_VERIFY_SIGNATURE).toBe('');
  });

  test('rules over several inputs are told together, with the construct', () => {
    const build = () =>
      synthBot({
        lockTtlSeconds: 60,
        singleFunction: true,
        api: 'function_url',
        architectures: ['arm64', 'x86_64'],
      });
    expect(build).toThrow(/bot\/Default: lock_ttl_seconds .* single_function .* architectures /);
  });
});

test('the app has no output that is null, on which cdktf deploy would crash', () => {
  const stack = new BotStack(Testing.app(), { type: 'local', path: '.' }, { bundles: ZIPS });
  const { output } = JSON.parse(Testing.synth(stack));
  expect(output).toMatchObject({
    ApiUrl: { value: '${local.api_url_base}' },
    WebhookUrl: { value: '${local.api_url_base}/webhook' },
  });
  expect(output).not.toHaveProperty('queue_url');
  expect(JSON.stringify(output)).not.toContain('${null}');
});

test('queues hide a message for six times the timeout of the worker', () => {
  const { jobs } =
    synthBot({ busyPolicy: 'fifo', workerTimeoutSeconds: 5, maxReceiveCount: 2 }).resource.aws_sqs_queue ??
    {};
  expect(jobs).toMatchObject({
    fifo_queue: true,
    deduplication_scope: 'messageGroup',
    fifo_throughput_limit: 'perMessageGroupId',
    visibility_timeout_seconds: '${6 * 5}',
    message_retention_seconds: 1_209_600,
  });
});

test('tags reach every resource that can carry them', () => {
  const tagged = synthBot({ tags: { team: 'support' } });
  for (const type of [
    'aws_lambda_function',
    'aws_s3_bucket',
    'aws_sqs_queue',
    'aws_dynamodb_table',
    'aws_iam_role',
  ]) {
    for (const { tags } of blocks(tagged, type)) expect(tags).toEqual({ team: 'support' });
  }
  for (const { tags } of blocks(synthModule(), 'aws_lambda_function')) expect(tags).toBe('${var.tags}');
});

describe('addresses are part of the interface: when one moves, add a moved block', () => {
  test('of the module', () => {
    expect(addresses(synthModule())).toMatchSnapshot();
  });

  test.each(['drop', 'fifo', 'one function'])('of the app: %s', (shape) => {
    expect(addresses(SHAPES[shape]!())).toMatchSnapshot();
  });

  test('names of inputs and outputs', () => {
    const { variable, output } = synthModule();
    expect(Object.keys(variable)).toMatchSnapshot();
    expect(Object.keys(output)).toMatchSnapshot();
  });
});

describe('the module', () => {
  const module = synthModule();

  test('leaves provider and backend to its user and asks for no more than it needs', () => {
    const { terraform, provider } = module as unknown as { terraform: object; provider?: object };
    expect(provider).toBeUndefined();
    expect(terraform).toEqual({
      required_version: '>= 1.6.0',
      required_providers: { aws: { source: 'hashicorp/aws', version: '>= 5.100.0' } },
    });
    expect(JSON.stringify(module)).not.toContain('"//"');
  });

  test('every input has type, description and default; every output a description', () => {
    for (const [name, variable] of Object.entries(module.variable)) {
      expect(variable.type, name).toMatch(/\w/);
      expect(variable.description, name).toMatch(/.{15,}/);
      expect(Object.hasOwn(variable, 'default'), name).toBe(true);
    }
    for (const [name, { description }] of Object.entries(module.output))
      expect(description, name).toMatch(/\.$/);
  });

  test('its zips lie beside it', () => {
    expect(module.resource.aws_lambda_function?.ingress?.filename).toBe('${path.module}/bot-ingress.zip');
  });
});
