import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundles } from '../../runtime/build.ts';
import { WEBHOOK_URL } from './fake-terraform.ts';
import {
  AGENT_FILES,
  PROJECT_FILES,
  type ProjectWorldOptions,
  projectWorld,
  TELEGRAM_ENV,
  TOKEN,
} from './project-world.ts';

let bundles: string;
beforeAll(async () => {
  bundles = mkdtempSync(path.join(tmpdir(), 'hookline-bundles-'));
  await buildBundles({ outdir: bundles });
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

const setUp = (options: ProjectWorldOptions = {}) => projectWorld({ bundles, ...options });
const settings = (bot: object) => JSON.stringify({ bot: { name: 'shop', bot_type: 'telegram', ...bot } });

describe('hookline bot update', () => {
  test('puts the secrets, deploys, registers the webhook and prints the addresses', async () => {
    const { run, ssm, terraform, telegram, folder } = setUp();
    const { exitCode, out, error } = await run(['update']);
    expect(error).not.toContain('error:');
    expect(exitCode).toBe(0);
    expect(ssm.parameters.get('/shop/prod/env')).toBe(TELEGRAM_ENV);
    expect(terraform.commands).toEqual(['init', 'plan', 'show apply.tfplan', 'apply apply.tfplan', 'output']);
    expect(terraform.state.size).toBeGreaterThan(40);
    const [call] = telegram.calls;
    expect(call).toMatchObject({
      method: 'setWebhook',
      body: {
        url: WEBHOOK_URL,
        secret_token: 'first-secret-of-the-webhook',
        allowed_updates: expect.arrayContaining(['message']),
      },
    });
    expect(out).toContain(WEBHOOK_URL);
    const state = readFileSync(path.join(folder, '.bootstrap_state.json'), 'utf8');
    expect(state).not.toContain('first-secret');
    expect(state + out + error).not.toContain(TOKEN);
  });

  test('bot A58: a changed secret is registered again, an unchanged one is not', async () => {
    const { run, write, telegram } = setUp();
    const methods = () => telegram.calls.map(({ method }) => method);
    await run(['update']);
    expect((await run(['update'])).exitCode).toBe(0);
    expect(methods()).toEqual(['setWebhook', 'getWebhookInfo']);
    write('.env.prod', TELEGRAM_ENV.replace('first', 'second'));
    expect((await run(['update'])).exitCode).toBe(0);
    expect(methods()).toEqual(['setWebhook', 'getWebhookInfo', 'setWebhook']);
    expect(telegram.calls.at(-1)?.body).toMatchObject({ secret_token: 'second-secret-of-the-webhook' });
  });

  test('bot A58: what somebody else changed at Telegram is registered again', async () => {
    const { run, telegram } = setUp();
    await run(['update']);
    await telegram.fetch(`https://api.telegram.org/bot${TOKEN}/deleteWebhook`, { method: 'POST' });
    await run(['update']);
    expect(telegram.calls.map(({ method }) => method)).toEqual([
      'setWebhook',
      'deleteWebhook',
      'getWebhookInfo',
      'setWebhook',
    ]);
  });

  test('bot A58: ok:false ends with 1 and the description, and is tried again', async () => {
    const { run, telegram } = setUp();
    const body = {
      ok: false,
      error_code: 400,
      description: 'Bad Request: bad webhook: HTTPS url must be provided',
    };
    telegram.fail({ kind: 'refuse', status: 200, body, times: 1 });
    const { exitCode, error } = await run(['update']);
    expect(exitCode).toBe(1);
    expect(error).toContain('Bad Request: bad webhook: HTTPS url must be provided');
    expect(error).not.toContain(TOKEN);
    expect((await run(['update'])).exitCode).toBe(0);
    expect(telegram.calls.map(({ method }) => method)).toEqual(['setWebhook', 'setWebhook']);
  });

  test('a Telegram that cannot be reached is told without the address', async () => {
    const { run, telegram } = setUp();
    telegram.fail({ kind: 'unreachable', times: 1 });
    const { exitCode, error } = await run(['update']);
    expect(exitCode).toBe(1);
    expect(error).toContain('Telegram cannot be reached (ECONNREFUSED).');
    expect(error).not.toContain(TOKEN);
  });

  test('bot A57: --dry-run shows the steps, the zips and the stack, and reaches nothing', async () => {
    const { run, terraform, telegram, ssm } = setUp({ files: AGENT_FILES });
    const { exitCode, out } = await run(['update', '--dry-run', '--json', '--set', 'tracing=false']);
    expect(exitCode).toBe(0);
    const { steps, zips, stack } = JSON.parse(out);
    expect(steps).toHaveLength(3);
    expect(zips.map(({ name }: { name: string }) => name)).toEqual([
      'bot-ingress.zip',
      'bot-worker.zip',
      'bot.zip',
      'agent.zip',
    ]);
    for (const { files } of zips) {
      expect(files).toContain('index.mjs');
      for (const file of files) expect(file).toMatch(/^[\w.-]+\.mjs$/);
    }
    const statements = Object.values<{ statement?: { actions: string[]; resources: string[] }[] }>(
      stack.data.aws_iam_policy_document,
    ).flatMap(({ statement = [] }) => statement);
    expect(statements.length).toBeGreaterThan(10);
    for (const { actions, resources } of statements) {
      expect(actions.join()).not.toContain('*');
      if (actions.some((action) => action.startsWith('lambda:'))) expect(resources.join()).not.toContain('*');
      if (actions.some((action) => /^s3:(Get|Put)Object/.test(action)))
        for (const resource of resources)
          expect(resource).toMatch(/\/(history|jobs|failed-events|secrets|files|archive)\/\*$/);
    }
    const { resource } = stack;
    expect(resource.aws_sqs_queue).toHaveProperty('dead');
    expect(Object.keys(resource.aws_cloudwatch_metric_alarm).length).toBeGreaterThan(8);
    for (const group of Object.values<{ retention_in_days: number }>(resource.aws_cloudwatch_log_group))
      expect(group.retention_in_days).toBe(30);
    const rules: { filter: { prefix: string }[]; expiration?: object }[] =
      resource.aws_s3_bucket_lifecycle_configuration.bucket_lifecycle_configuration?.rule ??
      Object.values<{ rule: [] }>(resource.aws_s3_bucket_lifecycle_configuration).flatMap(({ rule }) => rule);
    for (const { filter, expiration } of rules)
      if (expiration) expect(['failed-events/', 'jobs/']).toContain(filter[0]?.prefix);
    for (const { tracing_config } of Object.values<{ tracing_config: object }>(resource.aws_lambda_function))
      expect(tracing_config).toEqual({ mode: 'PassThrough' });
    expect(out).not.toContain(TOKEN);
    expect([terraform.commands, telegram.calls, [...ssm.parameters]]).toEqual([[], [], []]);
    const text = (await run(['update', '--dry-run'])).out;
    expect(text).toMatch(/1\. put \.env\.prod into the SSM parameter \/shop\/prod\/env/);
    expect(text).toContain('aws_lambda_function.worker');
    expect(text).toMatch(/\nagent\.zip: \d+ files, of these yours:\n {2}index\.mjs\n/);
    expect(text).toMatch(/\nbot-worker\.zip: \d+ files\n/);
    expect(text).not.toMatch(/-[A-Z0-9]{8}\.mjs/);
  });

  test('bot A57: a package that holds a secrets file or a secret is refused', async () => {
    const agent = (line: string) => ({
      ...PROJECT_FILES,
      'agent.mjs': `export const agent = () => ${line};`,
    });
    const leaking = setUp({ files: agent(JSON.stringify(TOKEN)) });
    const leaked = await leaking.run(['update', '--dry-run']);
    expect(leaked.exitCode).toBe(1);
    expect(leaked.error).toContain('agent.zip holds the value of TELEGRAM_TOKEN in index.mjs');
    expect(leaked.error).not.toContain(TOKEN);

    const { zipSync } = await import('fflate');
    for (const name of ['.env.prod', 'config/.env', 'params.json']) {
      const { write, run, folder } = setUp({
        files: { ...PROJECT_FILES, 'hookline.json': settings({ package: { path: 'own.zip' } }) },
      });
      const zip = zipSync({ 'index.mjs': new Uint8Array(), [name]: new Uint8Array() });
      (await import('node:fs')).writeFileSync(path.join(folder, 'own.zip'), zip);
      write('unused', '');
      const { exitCode, error } = await run(['update', '--dry-run']);
      expect({ exitCode, error }).toMatchObject({ exitCode: 1 });
      expect(error).toContain(`own.zip holds ${name}: secrets must not be deployed with the code.`);
    }
  });

  test('without an agent of its own a project is built from its config.json, as start writes it', async () => {
    const { run, folder, write } = setUp({ files: {} });
    await run(['start', '--project', 'shop']);
    rmSync(path.join(folder, 'agent.ts'));
    write('.env.prod', TELEGRAM_ENV);
    const { exitCode, out, error } = await run(['update', '--dry-run', '--json']);
    expect({ exitCode, error: /error:.*/.exec(error)?.[0] }).toEqual({ exitCode: 0, error: undefined });
    const agent = JSON.parse(out).zips.find(({ name }: { name: string }) => name === 'agent.zip');
    expect(agent.files).toEqual(expect.arrayContaining(['config.json', 'index.mjs']));
  });

  test('--plan shows what would change, and changes nothing', async () => {
    const { run, terraform, ssm, telegram } = setUp();
    const { exitCode, out } = await run(['update', '--plan']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/\+ aws_lambda_function\.worker\n/);
    expect(out).toMatch(/\d+ to create\n$/);
    expect(terraform.commands).not.toContain('apply apply.tfplan');
    expect([ssm.parameters.size, telegram.calls.length]).toEqual([0, 0]);
  });

  test('what is taken away needs a yes', async () => {
    const { run, write, terraform } = setUp();
    await run(['update']);
    write('hookline.json', settings({ busy_policy: 'drop' }));
    const refused = await run(['update']);
    expect(refused.exitCode).toBe(1);
    expect(refused.error).toContain('- aws_sqs_queue.jobs  with all that it holds');
    expect(refused.error).toContain('Nobody can be asked here: add --yes');
    expect(terraform.state.has('aws_sqs_queue.jobs')).toBe(true);
    expect((await run(['update'], async () => '')).error).toContain('Nothing was changed.');
    expect((await run(['update', '--yes'])).exitCode).toBe(0);
    expect(terraform.state.has('aws_sqs_queue.jobs')).toBe(false);
  });

  test('a WhatsApp bot gets the steps of the dashboard', async () => {
    const env =
      'WHATSAPP_TOKEN=t\nWHATSAPP_PHONE_NUMBER_ID=1\nWHATSAPP_APP_SECRET=s\nWEBHOOK_VERIFY_TOKEN=v\n';
    const { run, telegram } = setUp({
      files: { ...PROJECT_FILES, 'hookline.json': settings({ bot_type: 'whatsapp' }), '.env.prod': env },
    });
    const { exitCode, out } = await run(['update']);
    expect(exitCode).toBe(0);
    expect(out).toContain(`Callback URL: ${WEBHOOK_URL}`);
    expect(telegram.calls).toEqual([]);
  });

  test('without Terraform it says where to get it', async () => {
    const { run, terraform } = setUp();
    terraform.version = undefined;
    const { exitCode, error } = await run(['update']);
    expect(exitCode).toBe(1);
    expect(error).toContain('Terraform or OpenTofu is needed in your PATH.');
  });

  test("Terraform's own words are passed on", async () => {
    const { run, terraform } = setUp();
    terraform.before = (command) => {
      if (command === 'plan') throw new Error('No valid credential sources found');
    };
    const { exitCode, error } = await run(['update']);
    expect(exitCode).toBe(1);
    expect(error).toContain('terraform plan failed:\nNo valid credential sources found');
  });

  test.each([
    [['update', '--set', 'novalue'], 'Write it as key=value'],
    [['update', '--dryrun'], 'Did you mean --dry-run?'],
  ])('%j is a usage error', async (args, sentence) => {
    const { exitCode, error } = await setUp().run(args);
    expect(exitCode).toBe(2);
    expect(error).toContain(sentence);
  });

  test('an unknown setting names the nearest one', async () => {
    const { exitCode, error } = await setUp().run(['update', '--set', 'bot.busy_polcy=fifo']);
    expect(exitCode).toBe(1);
    expect(error).toContain('did you mean bot.busy_policy?');
  });
});
