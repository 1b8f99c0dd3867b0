import { describe, expect, test } from 'vitest';
import { SERVICE_RIGHTS } from '../../modules/replies/policies.ts';
import { jsonLog } from '../../runtime/core/log.ts';
import { GIVEN_TABLE, REPLIES_SHAPES, synthReplies, synthRepliesModule } from './replies-synth.ts';
import { type Block, blocks, documentsOf, type Synthesised, statements } from './synth.ts';

/** `service:Action on what`, sorted: everything a role may do. */
function rightsOf(stack: Synthesised, id: string): readonly string[] {
  return statements(stack, id)
    .flatMap(({ actions, resources }) =>
      (actions as string[]).flatMap((action) =>
        [resources].flat().map((resource: string) => `${action} on ${plain(resource)}`),
      ),
    )
    .sort();
}

/** A resource without Terraform's words. */
const plain = (resource: string): string =>
  resource
    .replace(GIVEN_TABLE.arn, 'conversations')
    .replace(/\$\{local\.(\w+)_arns\}/, '$1s')
    .replace(/\$\{(?:local|aws_\w+)\.(\w+)(?:_|\.)arn\}/, '$1');

/** Contract replies §8, narrowed by table, with what AWS services use in the role's name. */
const LOGS = (of: string) => [`logs:CreateLogStream on ${of}:*`, `logs:PutLogEvents on ${of}:*`];
const TRACES = ['xray:PutTelemetryRecords on *', 'xray:PutTraceSegments on *'];
const ARCHIVE = 'dynamodb:PutItem on archive';
const SENDS = ['sqs:SendMessage on human_handoff', 'sqs:SendMessage on whatsapp'];
const WHATSAPP_INDEX = 'conversations/index/company-whatsapp-number-recipient-tel-index';

const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  webhook: [
    ...LOGS('webhook'),
    ...TRACES,
    ARCHIVE,
    ...SENDS,
    'dynamodb:GetItem on conversations',
    'dynamodb:Query on conversations',
    `dynamodb:Query on ${WHATSAPP_INDEX}`,
    'dynamodb:UpdateItem on conversations',
    'dynamodb:PutItem on stage',
    'dynamodb:DeleteItem on stage',
    'dynamodb:PutItem on trigger_lock',
    'dynamodb:DeleteItem on trigger_lock',
    'secretsmanager:GetSecretValue on twilio_secrets',
  ],
  worker: [
    'logs:CreateLogGroup on worker:*',
    ...LOGS('worker'),
    ...TRACES,
    ARCHIVE,
    ...SENDS,
    'dynamodb:GetItem on conversations',
    'dynamodb:UpdateItem on conversations',
    'dynamodb:Query on stage',
    'dynamodb:BatchWriteItem on stage',
    'dynamodb:DeleteItem on trigger_lock',
    'dynamodb:PutItem on trigger_lock',
    'secretsmanager:GetSecretValue on model_secrets',
    'secretsmanager:GetSecretValue on twilio_secrets',
    'sqs:ChangeMessageVisibility on whatsapp',
    'sqs:DeleteMessage on whatsapp',
    'sqs:GetQueueAttributes on whatsapp',
    'sqs:ReceiveMessage on whatsapp',
  ],
  sweeper: [
    ...LOGS('sweeper'),
    ...TRACES,
    ARCHIVE,
    ...SENDS,
    'dynamodb:Query on stage/index/due-index',
    'dynamodb:UpdateItem on stage',
    'dynamodb:DeleteItem on stage',
    'dynamodb:GetItem on conversations',
    'dynamodb:UpdateItem on conversations',
    'dynamodb:PutItem on trigger_lock',
  ],
};

const mappings = (stack: Synthesised) => blocks(stack, 'aws_lambda_event_source_mapping');
const functions = (stack: Synthesised): readonly [string, Block][] =>
  Object.entries(stack.resource.aws_lambda_function ?? {});

describe.each(Object.entries(REPLIES_SHAPES))('the template: %s', (_, synth) => {
  const stack = synth();

  test('replies 59: failures of a batch of one are reported, by the one mapping there is', () => {
    expect(mappings(stack)).toHaveLength(1);
    expect(mappings(stack)[0]).toMatchObject({
      batch_size: 1,
      enabled: true,
      function_response_types: ['ReportBatchItemFailures'],
      event_source_arn: '${aws_sqs_queue.whatsapp.arn}',
      function_name: '${aws_lambda_alias.worker.arn}',
    });
  });

  test('replies 59: TTL stands on both short-lived tables, on the attribute that the functions are told', () => {
    const { stage, trigger_lock: lock } = stack.resource.aws_dynamodb_table ?? {};
    for (const table of [stage, lock]) {
      expect(table?.ttl).toMatchObject({ enabled: true });
      expect(['expires_at', '${var.dynamodb_ttl_attribute}']).toContain(table?.ttl.attribute_name);
    }
    for (const [, { environment }] of functions(stack))
      expect(JSON.stringify(environment.variables)).toContain('DYNAMODB_TTL_ATTRIBUTE');
  });

  test('replies 59: no function is given AWS_REGION, which Lambda reserves', () => {
    expect(functions(stack)).toHaveLength(3);
    for (const [, { environment }] of functions(stack))
      expect(JSON.stringify(environment.variables)).not.toMatch(/\bAWS_REGION\b/);
  });

  test.each(['webhook', 'worker', 'sweeper'])('replies 59: the exact rights of the %s', (id) => {
    const always = rightsOf(stack, id).filter((right) => !/^(kms|ec2|bedrock):/.test(right));
    expect(always).toEqual([...(RIGHTS[id] ?? [])].sort());
  });

  test('replies 59: no star but that of the two X-Ray actions, and those of networks where one is given', () => {
    expect(documentsOf(stack).sort()).toEqual(['sweeper', 'webhook', 'worker']);
    for (const id of documentsOf(stack)) {
      for (const { sid, actions, resources } of statements(stack, id)) {
        expect(actions.join()).not.toContain('*');
        if (sid !== 'NetworkInterfaces')
          expect([resources].flat().includes('*'), sid).toBe(sid === 'Tracing');
      }
    }
  });

  test('replies 59: CRITICAL lines of the worker move one metric by 1, whose alarm goes to the topic', () => {
    const filters = blocks(stack, 'aws_cloudwatch_log_metric_filter');
    expect(filters).toHaveLength(1);
    expect(filters[0]).toMatchObject({
      log_group_name: '${aws_cloudwatch_log_group.worker.name}',
      pattern: '{ $.level = "CRITICAL" }',
      metric_transformation: { value: '1' },
    });
    const { name, namespace } = filters[0]?.metric_transformation ?? {};
    expect(stack.resource.aws_cloudwatch_metric_alarm?.alarm_worker_critical).toMatchObject({
      metric_name: name,
      namespace,
      statistic: 'Sum',
      comparison_operator: 'GreaterThanThreshold',
      threshold: 0,
      period: 300,
      evaluation_periods: 1,
      alarm_actions: ['${local.alarm_topic_arn}'],
    });
  });

  test('replies 63: the worker, and no other function, may go on in a chain of its own messages', () => {
    const configs = blocks(stack, 'aws_lambda_function_recursion_config');
    expect(configs).toHaveLength(1);
    expect(configs[0]).toMatchObject({
      function_name: '${aws_lambda_function.worker.function_name}',
      recursive_loop: 'Allow',
    });
  });

  test('every log group is made before its function and expires after 14 days', () => {
    const groups = blocks(stack, 'aws_cloudwatch_log_group').filter(({ name }) =>
      name.startsWith('/aws/lambda'),
    );
    expect(groups).toHaveLength(3);
    for (const { retention_in_days } of groups)
      expect([14, '${var.log_retention_days}']).toContain(retention_in_days);
    for (const [id, { logging_config }] of functions(stack))
      expect(logging_config.log_group).toBe(`\${aws_cloudwatch_log_group.${id}.name}`);
  });
});

test('replies 59: what the log calls CRITICAL is what the filter counts, and no other level', () => {
  const lines: string[] = [];
  const log = jsonLog(
    (line) => lines.push(line),
    () => 0,
    {},
    { lowest: 'DEBUG', nameField: 'event' },
  );
  for (const level of ['debug', 'info', 'warn', 'error', 'critical'] as const) log[level](level);
  const [filter] = blocks(synthReplies(), 'aws_cloudwatch_log_metric_filter');
  const [, field, value] = /^\{ \$\.(\w+) = "(\w+)" \}$/.exec(filter?.pattern) ?? [];
  const counted = lines.map((line) => JSON.parse(line)).filter((line) => line[String(field)] === value);
  expect(counted).toMatchObject([{ event: 'critical' }]);
});

test('replies 59: the queue hides a message for six times the timeout of the worker', () => {
  const queueOf = (stack: Synthesised) => stack.resource.aws_sqs_queue?.whatsapp;
  expect(queueOf(synthReplies())?.visibility_timeout_seconds).toBe(3600);
  expect(queueOf(synthReplies({ workerTimeoutSeconds: 900 }))?.visibility_timeout_seconds).toBe(5400);
  expect(queueOf(synthReplies({ workerTimeoutSeconds: 90 }))?.visibility_timeout_seconds).toBe(600);
  expect(queueOf(synthRepliesModule())?.visibility_timeout_seconds).toBe(
    '${var.visibility_timeout_seconds != null ? var.visibility_timeout_seconds : max(600, 6 * var.worker_timeout_seconds)}',
  );
});

test('replies 59: rights that only AWS services use have their reason', () => {
  const stack = synthReplies({
    kmsKeyArn: 'arn:aws:kms:eu-north-1:000000000000:key/own',
    vpc: { subnetIds: ['a'], securityGroupIds: ['b'] },
  });
  const actions = documentsOf(stack).flatMap((id) => statements(stack, id).flatMap(({ actions }) => actions));
  const ofServices = actions.filter((action: string) => !/^(dynamodb|secretsmanager):/.test(action));
  const called = ['sqs:SendMessage', 'sqs:ChangeMessageVisibility'];
  expect([...new Set(ofServices)].filter((action) => !called.includes(action)).sort()).toEqual(
    Object.keys(SERVICE_RIGHTS).sort(),
  );
  for (const reason of Object.values(SERVICE_RIGHTS)) expect(reason).toMatch(/.{15,}/);
});

test('the API asks Twilio for no key, checks no request before the signature, and has no quota that could run out', () => {
  const { resource } = synthReplies();
  for (const type of ['usage_plan', 'usage_plan_key', 'api_key', 'request_validator'])
    expect(resource[`aws_api_gateway_${type}`], type).toBeUndefined();
  for (const method of Object.values(resource.aws_api_gateway_method ?? {})) {
    expect(method.api_key_required ?? false).toBe(false);
    expect(method.request_validator_id).toBeUndefined();
  }
});
