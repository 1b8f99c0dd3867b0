import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RepliesStack } from '../../modules/app-stack.ts';
import { REPLIES_INPUTS } from '../../modules/replies/inputs.ts';
import { checkSettings } from '../../modules/settings.ts';
import { REPLIES_ZIPS, synthReplies, synthRepliesModule } from './replies-synth.ts';
import { addresses, type Block, blocks, type Synthesised, statements, synthIn } from './synth.ts';

describe('addresses are part of the interface: when one moves, add a moved block', () => {
  test('of the module', () => {
    expect(addresses(synthRepliesModule())).toMatchSnapshot();
  });

  test('of the app', () => {
    expect(addresses(synthReplies())).toMatchSnapshot();
  });

  test('names of inputs and outputs', () => {
    const { variable, output } = synthRepliesModule();
    expect(Object.keys(variable)).toMatchSnapshot();
    expect(Object.keys(output)).toMatchSnapshot();
  });
});

describe('the API', () => {
  const { resource } = synthReplies();

  test('has the paths of the contract, and OPTIONS on each', () => {
    const { api_whatsapp: whatsapp, api_whatsapp_status: status } = resource.aws_api_gateway_resource ?? {};
    expect(whatsapp).toMatchObject({
      path_part: 'whatsapp',
      parent_id: '${aws_api_gateway_rest_api.api.root_resource_id}',
    });
    expect(status).toMatchObject({
      path_part: 'status',
      parent_id: '${aws_api_gateway_resource.api_whatsapp.id}',
    });
    const methods = Object.values(resource.aws_api_gateway_method ?? {});
    expect(methods.map(({ http_method }) => http_method).sort()).toEqual([
      'OPTIONS',
      'OPTIONS',
      'POST',
      'POST',
    ]);
    for (const method of methods) expect(method.authorization).toBe('NONE');
    for (const { response_parameters: headers } of Object.values(
      resource.aws_api_gateway_integration_response ?? {},
    ))
      expect(headers).toEqual({
        'method.response.header.Access-Control-Allow-Origin': "'*'",
        'method.response.header.Access-Control-Allow-Methods': "'POST,OPTIONS'",
        'method.response.header.Access-Control-Allow-Headers':
          "'Content-Type,X-Twilio-Signature,Accept,User-Agent'",
        'method.response.header.Access-Control-Max-Age': "'3600'",
      });
  });

  test('may invoke the alias of the webhook on its paths alone, and nothing else may but the schedule', () => {
    const permissions = Object.values(resource.aws_lambda_permission ?? {});
    const sources = permissions.map(({ function_name, qualifier, source_arn }) => [
      function_name,
      qualifier,
      source_arn,
    ]);
    const webhook = ['${aws_lambda_function.webhook.function_name}', '${aws_lambda_alias.webhook.name}'];
    const api = '${aws_api_gateway_rest_api.api.execution_arn}';
    expect(sources).toEqual([
      [...webhook, `${api}/*/*/whatsapp`],
      [...webhook, `${api}/*/*/whatsapp/status`],
      [
        '${aws_lambda_function.sweeper.function_name}',
        '${aws_lambda_alias.sweeper.name}',
        '${aws_cloudwatch_event_rule.every_minute.arn}',
      ],
    ]);
  });

  test('logs no body and no query', () => {
    const logged = synthReplies({ manageApiGatewayAccount: true });
    const { format } = logged.resource.aws_api_gateway_stage?.api?.access_log_settings ?? {};
    expect(Object.keys(JSON.parse(format))).toEqual([
      'requestId',
      'ip',
      'userAgent',
      'requestTime',
      'httpMethod',
      'resourcePath',
      'status',
      'protocol',
      'responseLength',
    ]);
    expect(resource.aws_api_gateway_stage?.api?.access_log_settings).toBeUndefined();
  });
});

describe('functions', () => {
  const stack = synthReplies();

  test('memory, time and handler are those of the contract', () => {
    const { webhook, worker, sweeper } = stack.resource.aws_lambda_function ?? {};
    const common = { runtime: 'nodejs22.x', handler: 'index.handler', publish: true };
    expect(worker).toMatchObject({ ...common, memory_size: 512, timeout: 600, filename: 'worker.zip' });
    expect(webhook).toMatchObject({ ...common, memory_size: 512, timeout: 10, filename: 'webhook.zip' });
    expect(sweeper).toMatchObject({ ...common, memory_size: 256, timeout: 55, filename: 'sweeper.zip' });
  });

  test('the sweeper runs every minute and is not repeated', () => {
    expect(stack.resource.aws_cloudwatch_event_rule?.every_minute?.schedule_expression).toBe(
      'rate(1 minute)',
    );
    expect(stack.resource.aws_cloudwatch_event_target?.every_minute?.arn).toBe(
      '${aws_lambda_alias.sweeper.arn}',
    );
    expect(stack.resource.aws_lambda_function_event_invoke_config?.every_minute).toMatchObject({
      maximum_retry_attempts: 0,
    });
  });

  test('the worker takes twenty triggers at once', () => {
    const [mapping] = blocks(stack, 'aws_lambda_event_source_mapping');
    expect(mapping?.scaling_config).toEqual({ maximum_concurrency: 20 });
  });

  test('Lambda lets through what the function writes, and CRITICAL at any level', () => {
    const levels = (logLevel: 'DEBUG' | 'ERROR') =>
      blocks(synthReplies({ logLevel }), 'aws_lambda_function').map(
        ({ logging_config }) => logging_config.application_log_level,
      );
    expect(levels('DEBUG')).toEqual(['DEBUG', 'DEBUG', 'DEBUG']);
    expect(levels('ERROR')).toEqual(['INFO', 'INFO', 'INFO']);
  });

  test('nothing is given to a function as a variable that a secret of its provider would be', () => {
    for (const { environment } of blocks(stack, 'aws_lambda_function'))
      expect(
        Object.keys(environment.variables).filter((name) => /TOKEN|PASSWORD|API_KEY/.test(name)),
      ).toEqual([]);
  });
});

test('secrets are allowed by name, with the suffix that Secrets Manager adds', () => {
  const secretsIn = (props: Parameters<typeof synthReplies>[0]) => {
    const stack = synthReplies(props);
    return [stack.locals.model_secret_arns, stack.locals.twilio_secret_arns].map(
      (text) => /for name in (\[.*?\]) :/.exec(text ?? '')?.[1],
    );
  };
  expect(secretsIn({})).toEqual(['["openai-api-key-replies-engine"]', '["twilio-credentials-whatsapp"]']);
  expect(secretsIn({ environmentName: 'prod' })).toEqual([
    '["ai-multi-comms/openai-api-key/whatsapp-prod"]',
    '["ai-multi-comms/whatsapp-credentials/*/*/twilio-prod"]',
  ]);
  expect(synthReplies().locals.twilio_secret_arns).toMatch(/:secret:\$\{name\}-\?{6}"/);
});

test('Bedrock is allowed for the models that are named', () => {
  const arn = 'arn:aws:bedrock:eu-north-1::foundation-model/model';
  const allowed = (props: Parameters<typeof synthReplies>[0]) =>
    statements(synthReplies(props), 'worker').filter(({ sid }) => sid === 'BedrockModels');
  expect(allowed({ bedrockModelArns: [arn] })).toMatchObject([
    { actions: ['bedrock:InvokeModel'], resources: [arn] },
  ]);
  expect(allowed({})).toEqual([]);
});

describe('alarms', () => {
  const alarms = (synthRepliesModule().resource.aws_cloudwatch_metric_alarm ?? {}) as Record<string, Block>;

  test('are those of the contract', () => {
    const said = Object.fromEntries(
      Object.entries(alarms).map(([id, alarm]) => [
        id.replace('alarm_', ''),
        `${alarm.metric_name} ${alarm.comparison_operator === 'LessThanThreshold' ? '<' : '>'} ${alarm.threshold} in ${alarm.period} s x ${alarm.evaluation_periods}`,
      ]),
    );
    expect(said).toEqual({
      worker_critical: 'WorkerCriticalCount > 0 in 300 s x 1',
      worker_errors: 'Errors > 0 in 300 s x 1',
      worker_throttles: 'Throttles > 0 in 300 s x 1',
      worker_errors_lasting: 'Errors > 5 in 60 s x 5',
      worker_quiet: 'Invocations < 1 in 1800 s x 1',
      webhook_errors_lasting: 'Errors > 5 in 60 s x 5',
      webhook_throttles: 'Throttles > 0 in 300 s x 1',
      webhook_quiet: 'Invocations < 1 in 900 s x 1',
      sweeper_errors: 'Errors > 0 in 300 s x 1',
      dead_letters: 'ApproximateNumberOfMessagesVisible > 0 in 300 s x 1',
      backlog: 'ApproximateNumberOfMessagesVisible > 100 in 60 s x 5',
      oldest_message: 'ApproximateAgeOfOldestMessage > 3600 in 300 s x 1',
      in_flight: 'ApproximateNumberOfMessagesNotVisible > 50 in 60 s x 10',
      human_queue: 'ApproximateNumberOfMessagesVisible > 50 in 300 s x 1',
      api_client_errors: '4XXError > 10 in 300 s x 1',
      api_failures: '5XXError > 0 in 300 s x 1',
      api_slow: 'Latency > 1000 in 300 s x 1',
      final_update_failures: 'DynamoDBFinalUpdateFailures > 0 in 60 s x 1',
      credential_lookup_not_found: 'CredentialLookupNotFoundCount > 10 in 300 s x 1',
      invalid_signature: 'InvalidSignatureCount > 0 in 60 s x 1',
      secret_fetch_failed: 'SecretFetchFailedCount > 0 in 300 s x 1',
      heartbeat_failures: 'HeartbeatFailures > 0 in 300 s x 1',
    });
  });

  test('go to the topic; silence is no alarm but where traffic is steady', () => {
    for (const [id, alarm] of Object.entries(alarms)) {
      expect(alarm.alarm_actions, id).toEqual(['${local.alarm_topic_arn}']);
      expect(alarm.alarm_description, id).toMatch(/\.$/);
      expect(alarm.treat_missing_data, id).toBe(id.endsWith('_quiet') ? 'breaching' : 'notBreaching');
    }
  });

  test('the names of the earlier deployment are kept', () => {
    const names = Object.values(synthReplies().resource.aws_cloudwatch_metric_alarm ?? {}).map(
      ({ alarm_name }) => alarm_name.replace('WhatsAppMessaging-', ''),
    );
    expect(names).toEqual(
      expect.arrayContaining([
        'stagingLambdaErrors',
        'ReplyProcessorLambdaErrors',
        'DynamoDBFinalUpdateFailures',
        'CredentialLookupNotFoundCount',
        'InvalidSignatureCount',
        'SecretFetchFailedCount',
        'HeartbeatFailures',
      ]),
    );
  });
});

test('every metric that an alarm or a graph shows is one that the functions count', () => {
  const stack = synthReplies();
  const namespace = 'WhatsAppMessaging/prod';
  const ofAlarms = blocks(stack, 'aws_cloudwatch_metric_alarm')
    .filter((alarm) => alarm.namespace === namespace)
    .map(({ metric_name }) => metric_name);
  const { widgets } = JSON.parse(stack.resource.aws_cloudwatch_dashboard?.dashboard?.dashboard_body);
  const ofGraphs = widgets
    .flatMap(({ properties }: Block) => properties.metrics)
    .filter(([of]: readonly string[]) => of === namespace)
    .map(([, name]: readonly string[]) => name);
  const shown = new Set([...ofAlarms, ...ofGraphs]);
  shown.delete('WorkerCriticalCount');
  const sources = globSync('runtime/replies/*.ts', { exclude: ['**/metric-names.ts'] })
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  expect(shown.size).toBeGreaterThan(15);
  for (const name of shown) expect(sources.includes(`'${name}'`), name).toBe(true);
});

describe('what cannot be deployed is refused', () => {
  test('no prompts, with what to do', () => {
    const build = () =>
      synthIn((app) => {
        const settings = checkSettings({ replies: {} }, 'hookline.json');
        return new RepliesStack(app, settings, { ...settings.replies, bundles: REPLIES_ZIPS });
      });
    expect(build).toThrow(/package is missing: .*hookline replies build --prompts prompts\.json/);
  });

  test('rules over several inputs are told together, with the construct', () => {
    const build = () =>
      synthReplies({
        visibilityTimeoutSeconds: 599,
        architectures: ['arm64', 'x86_64'],
        package: { path: 'a.zip', s3: { bucket: 'b', key: 'c' } },
      });
    expect(build).toThrow(/replies\/Default: package .* visibility_timeout_seconds .* architectures /);
  });
});

test('the settings deploy it beside the bot, in a stack of its own', () => {
  const settings = checkSettings(
    { replies: { environment_name: 'dev', package: { path: 'worker.zip' } } },
    'hookline.json',
  );
  expect(settings.replies).toEqual({ environmentName: 'dev', package: { path: 'worker.zip' } });
  const { output } = synthIn<Synthesised>(
    (app) => new RepliesStack(app, settings, { ...settings.replies, bundles: REPLIES_ZIPS }),
  );
  expect(output).toMatchObject({ WebhookUrl: { value: '${aws_api_gateway_stage.api.invoke_url}/whatsapp' } });
  expect(JSON.stringify(output)).not.toContain('${null}');
});

test('every input has type, description and default; every output a description', () => {
  const { variable, output } = synthRepliesModule();
  expect(Object.keys(variable)).toHaveLength(Object.keys(REPLIES_INPUTS).length);
  for (const [name, input] of Object.entries(variable)) {
    expect(input.type, name).toMatch(/\w/);
    expect(input.description, name).toMatch(/.{15,}/);
    expect(Object.hasOwn(input, 'default'), name).toBe(true);
  }
  expect(
    Object.entries(variable)
      .filter(([, { sensitive }]) => sensitive)
      .map(([name]) => name),
  ).toEqual(['log_hash_key']);
  for (const [name, { description }] of Object.entries(output)) expect(description, name).toMatch(/\.$/);
});
