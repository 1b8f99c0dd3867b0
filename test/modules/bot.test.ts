import { describe, expect, test } from 'vitest';
import { BotStack } from '../../modules/app-stack.ts';
import type { BotProps } from '../../modules/bot/index.ts';
import {
  actionsOn,
  allStatements,
  type Block,
  blocks,
  documentsOf,
  SHAPES,
  type Synthesised,
  statements,
  synthBot,
  synthIn,
  synthModule,
  ZIPS,
} from './synth.ts';

describe('roles', () => {
  test('the ingress of a WhatsApp bot marks statuses, that of a Telegram bot touches no table', () => {
    expect(actionsOn(synthBot(), 'ingress', 'dynamodb')).toEqual(['dynamodb:UpdateItem']);
    expect(actionsOn(synthBot({ botType: 'telegram' }), 'ingress', 'dynamodb')).toEqual([]);
  });

  test.each(Object.entries(SHAPES))(
    'statuses are marked on delivery items alone, never on a lock: %s',
    (shape, synth) => {
      const marks = allStatements(synth()).filter(({ sid }) => sid === 'StatusMarks');
      for (const { condition } of marks)
        expect(condition).toEqual([
          { test: 'ForAllValues:StringLike', variable: 'dynamodb:LeadingKeys', values: ['evt:*'] },
        ]);
      expect(marks.length > 0).toBe(shape !== 'telegram');
    },
  );

  test('every role has the path and the boundary that were asked for', () => {
    const boundary = 'arn:aws:iam::123456789012:policy/boundary';
    const given = { rolePath: '/bots/', permissionsBoundary: boundary, manageApiGatewayAccount: true };
    const roles = blocks(synthBot(given), 'aws_iam_role');
    expect(roles).toHaveLength(3);
    for (const role of roles) expect(role).toMatchObject({ path: '/bots/', permissions_boundary: boundary });
    for (const role of blocks(synthBot(), 'aws_iam_role')) expect(role.path).toBe('/');
    for (const role of blocks(synthModule(), 'aws_iam_role')) expect(role.path).toBe('${var.role_path}');
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

  test('the worker, and nobody else, may invoke the function that decides the replies, if one is given', () => {
    const agentFunctionArn = 'arn:aws:lambda:eu-central-1:000000000000:function:answers:live';
    const granted = (id: string, props: BotProps) =>
      statements(synthBot(props), id).filter(({ sid }) => sid === 'AgentFunction');
    expect(granted('worker', { agentFunctionArn })).toEqual([
      expect.objectContaining({ actions: ['lambda:InvokeFunction'], resources: [agentFunctionArn] }),
    ]);
    expect(granted('ingress', { agentFunctionArn })).toEqual([]);
    expect(granted('worker', {})).toEqual([]);
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
      const suspicious = names.filter((name) => /(TOKEN|KEY|PASSWORD)$/.test(name));
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
  const { output } = synthIn<Synthesised>(
    (app) =>
      new BotStack(
        app,
        {
          backend: { type: 'local', path: '.' },
          region: 'eu-west-1',
          bot: {},
          replies: undefined,
          files: undefined,
        },
        { bundles: ZIPS },
      ),
  );
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

test('a poison message is a dead letter after five receives, a failed invocation after two retries within an hour', () => {
  const { jobs, dead } = synthBot({ busyPolicy: 'fifo' }).resource.aws_sqs_queue ?? {};
  expect(jobs?.redrive_policy).toMatch(/maxReceiveCount\W+5\b/);
  expect(dead).toMatchObject({ fifo_queue: true, message_retention_seconds: 1_209_600 });
  const invoke = synthBot({ busyPolicy: 'drop' }).resource.aws_lambda_function_event_invoke_config?.jobs;
  expect(invoke).toMatchObject({ maximum_retry_attempts: 2, maximum_event_age_in_seconds: 3600 });
});

test('queues refuse plain HTTP, each under its own ARN', () => {
  const refused = (stack: Synthesised) =>
    blocks(stack, 'aws_sqs_queue').map(({ name, policy }) => {
      const [statement, ...others] = JSON.parse(policy).Statement;
      expect(others).toEqual([]);
      expect(statement).toMatchObject({
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
      expect(statement.Resource).toMatch(/^arn:\$\{.+\}:sqs:\$\{.+\}:\$\{.+\}:/);
      expect(statement.Resource.endsWith(`:${name}`), name).toBe(true);
      return name;
    });
  expect(refused(synthBot({ busyPolicy: 'fifo' }))).toEqual(['hookline-dead.fifo', 'hookline-jobs.fifo']);
  expect(refused(synthBot({ busyPolicy: 'drop' }))).toEqual(['hookline-dead']);
  expect(refused(synthModule())).toEqual(['${local.dead_name}', '${var.name}-jobs.fifo']);
});

test("tags and the bot's mark reach every resource that can carry them", () => {
  const tagged = synthBot({ tags: { team: 'support' } });
  for (const type of [
    'aws_lambda_function',
    'aws_s3_bucket',
    'aws_sqs_queue',
    'aws_dynamodb_table',
    'aws_iam_role',
  ]) {
    for (const { tags } of blocks(tagged, type))
      expect(tags).toEqual({ team: 'support', 'hookline:bot': 'hookline' });
  }
  for (const { tags } of blocks(synthModule(), 'aws_lambda_function'))
    expect(tags).toBe('${merge(var.tags, { "hookline:bot" = var.name })}');
});
