import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../modules/settings.ts';
import { buildAgentBundle } from '../../runtime/build.ts';
import { parseDotenv } from '../../runtime/core/dotenv.ts';
import { projectWorld } from './project-world.ts';

const ALL = [
  'hookline.json',
  'config.json',
  'agent.ts',
  '.env.prod',
  '.gitignore',
  'package.json',
  'README.md',
];

function setUp(files: Readonly<Record<string, string>> = {}) {
  const world = projectWorld({ files });
  const read = (name: string) => readFileSync(path.join(world.folder, name), 'utf8');
  return { ...world, read, settings: () => JSON.parse(read('hookline.json')) };
}

const PARAMS = {
  project: 'old-bot',
  region: 'eu-west-1',
  bot: 'whatsapp',
  stack_name: 'old-bot-stack',
  history_bucket: 'old-bot-history-bucket',
  deployment_bucket: 'old-bot-deployment-bucket',
  env_param_name: '/old-bot/prod/env',
  api_path: '/webhook',
  lambda_timeout: 300,
  busy_policy: 'drop',
  sync_tokens_s3: false,
  tokens_s3_prefix: 'secrets',
  special_token_files: ['google.json'],
  token_env_map: { 'google.json': 'GOOGLE_FILE' },
  persist_files_s3: false,
  files_s3_prefix: 'files',
  history_mode: 'shared',
  history_rotation: 'message_count',
  history_max_messages: 500,
  history_period: '1w',
  history_s3_prefix: 'history',
  verbose: false,
  runtime: {
    manager_kwargs: { x: 1 },
    bot_kwargs: {},
    ensure_delivery: false,
    delivery_timeout: 30,
    max_allowed_message_delay: 90,
  },
  webhook_security: {
    telegram_secret_token_env_key: 'TG_SECRET',
    whatsapp_verify_signature: false,
    whatsapp_app_secret_env_key: 'APP_SECRET',
  },
  failure_handling: { worker_dlq: false, capture_failed_events: false },
  infra: {
    runtime: 'python3.9',
    architecture: 'x86_64',
    memory_size: 256,
    log_retention_days: 14,
    reserved_concurrency: 5,
    s3_versioning: true,
    s3_lifecycle_days: 30,
    s3_encryption: 'AES256',
    tracing: false,
  },
  telegram: { env_token_key: 'TG_TOKEN' },
  whatsapp: { verify_env_key: 'WEBHOOK_VERIFY_TOKEN' },
  dependency_source: 'git',
};

describe('hookline bot start', () => {
  test('writes a project with defaults, and runs and installs nothing', async () => {
    const { run, folder, read, settings, terraform } = setUp();
    const { exitCode, out, error } = await run(['start']);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    for (const name of ALL) expect(existsSync(path.join(folder, name)), name).toBe(true);
    const { $schema: _, ...rest } = settings();
    expect(rest).toEqual({
      region: 'us-east-1',
      bot: { name: 'my-bot', bot_type: 'telegram', busy_policy: 'fifo' },
    });
    expect(checkSettings(settings(), 'hookline.json').bot).toMatchObject({ busyPolicy: 'fifo' });
    expect(JSON.parse(read('config.json')).general_parameters.default_models).toEqual([
      { provider: 'google', model: 'gemini-2.5-flash' },
    ]);
    expect(out).toContain('npx hookline bot update');
    expect(terraform.commands).toEqual([]);
  });

  test('secrets are for their owner alone, outside git, and made up where nobody has to fetch them', async () => {
    const { run, folder, read } = setUp();
    await run(['start']);
    expect(statSync(path.join(folder, '.env.prod')).mode & 0o777).toBe(0o600);
    expect(read('.gitignore').split('\n')).toContain('.env*');
    const values = parseDotenv(read('.env.prod'));
    expect(values).toMatchObject({ TELEGRAM_TOKEN: '', GOOGLE_API_KEY: '' });
    expect(values.TELEGRAM_WEBHOOK_SECRET_TOKEN).toMatch(/^[\w-]{32}$/);
    expect(read('package.json')).toMatch(/"hookline": "\d+\.\d+\.\d+/);
  });

  test('the agent that is written can be built', async () => {
    const { run, folder } = setUp();
    await run(['start', '--provider', 'openai', '--model', 'gpt-5-mini']);
    const { zipBytes } = await buildAgentBundle(path.join(folder, 'agent.ts'), path.join(folder, 'out'));
    expect(zipBytes).toBeGreaterThan(10_000);
  });

  test('at a terminal it asks for what is missing', async () => {
    const questions: string[] = [];
    const answers = ['shop', '', 'whatsapp', '', ''];
    const { run, settings, read } = setUp();
    await run(['start'], async (question) => {
      questions.push(question);
      return answers.shift() ?? '';
    });
    expect(questions).toHaveLength(5);
    expect(settings()).toMatchObject({ region: 'us-east-1', bot: { name: 'shop', bot_type: 'whatsapp' } });
    expect(Object.keys(parseDotenv(read('.env.prod')))).toEqual(
      expect.arrayContaining(['WHATSAPP_TOKEN', 'WHATSAPP_APP_SECRET', 'WEBHOOK_VERIFY_TOKEN']),
    );
  });

  test('existing files are kept, and settings get only what was given', async () => {
    const { run, read, settings } = setUp({
      'agent.ts': 'mine',
      '.env.prod': 'TELEGRAM_TOKEN=1',
      'hookline.json': JSON.stringify({ bot: { name: 'shop', tracing: false } }),
    });
    expect((await run(['start'])).out).toMatch(/kept +\S*hookline\.json/);
    await run(['start', '--region', 'eu-west-1']);
    expect([read('agent.ts'), read('.env.prod')]).toEqual(['mine', 'TELEGRAM_TOKEN=1']);
    expect(settings()).toMatchObject({ region: 'eu-west-1', bot: { name: 'shop', tracing: false } });
    expect(settings().bot).not.toHaveProperty('bot_type');
  });

  test('--overwrite replaces them, and sets the old secrets aside', async () => {
    const { run, read } = setUp({ 'agent.ts': 'mine', '.env.prod': 'TELEGRAM_TOKEN=1' });
    await run(['start', '--overwrite']);
    expect(read('agent.ts')).toContain('llmAgent');
    expect(read('.env.prod.bak')).toBe('TELEGRAM_TOKEN=1');
  });

  test('bot A57: every key of a params.json is converted or named, and false stays false', async () => {
    const { run, settings, out } = await converted(PARAMS);
    expect(run.exitCode).toBe(0);
    expect(settings).toMatchObject({
      region: 'eu-west-1',
      bot: {
        name: 'old-bot',
        bot_type: 'whatsapp',
        env_parameter_name: '/old-bot/prod/env',
        bucket: { name: 'old-bot-history-bucket', arn: 'arn:aws:s3:::old-bot-history-bucket' },
        worker_timeout_seconds: 300,
        lock_ttl_seconds: 315,
        busy_policy: 'drop',
        sync_tokens_s3: false,
        persist_files: false,
        special_token_files: ['google.json'],
        token_env_map: { 'google.json': 'GOOGLE_FILE' },
        allow_unsigned_webhooks: true,
        capture_failed_events: false,
        architectures: ['x86_64'],
        worker_memory_mb: 256,
        log_retention_days: 14,
        worker_reserved_concurrency: 5,
        tracing: false,
        environment_variables: {
          HISTORY_MAX_MESSAGES: '500',
          VERBOSE: 'false',
          ENSURE_DELIVERY: 'false',
          DELIVERY_TIMEOUT: '30',
          MAX_ALLOWED_MESSAGE_DELAY: '90',
          TELEGRAM_WEBHOOK_SECRET_TOKEN_ENV_KEY: 'TG_SECRET',
          WHATSAPP_APP_SECRET_ENV_KEY: 'APP_SECRET',
        },
      },
    });
    expect(() => checkSettings(settings, 'hookline.json')).not.toThrow();
    expect(out.notConverted.map(({ key }: { key: string }) => key).sort()).toEqual(
      [
        'stack_name',
        'deployment_bucket',
        'history_mode',
        'history_period',
        'runtime.manager_kwargs',
        'failure_handling.worker_dlq',
        'infra.runtime',
        'infra.s3_lifecycle_days',
        'telegram.env_token_key',
        'dependency_source',
      ].sort(),
    );
  });

  test.each([
    [['start', '--project', 'My Bot'], 'a project is named by'],
    [['start', '--region', 'Frankfurt'], 'a region looks like'],
    [['start', '--bot', 'signal'], 'Allowed choices are telegram, whatsapp'],
    [['start', '--overwrit'], 'Did you mean --overwrite?'],
  ])('%j is a usage error', async (args, sentence) => {
    const { exitCode, error } = await setUp().run(args);
    expect(exitCode).toBe(2);
    expect(error).toContain(sentence);
  });

  test('a params.json that is no JSON is named', async () => {
    const { exitCode, error } = await setUp({ 'params.json': '{' }).run(['start']);
    expect({ exitCode, error }).toEqual({ exitCode: 1, error: 'error: params.json is no JSON object.\n' });
  });
});

async function converted(params: object) {
  const { run, settings } = setUp({ 'params.json': JSON.stringify(params) });
  const result = await run(['start', '--json']);
  return { run: result, settings: settings(), out: JSON.parse(result.out) };
}
