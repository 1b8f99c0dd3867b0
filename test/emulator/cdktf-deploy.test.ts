import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emulatedUrl } from '../../local/emulator/emulator.ts';
import { run } from '../../local/process.ts';
import { emulatorClient, environmentFile, putEnvironment } from '../../local/secrets.ts';
import { REGION, TEST_KEYS } from '../../local/terraform.ts';
import { world } from './support/harness.ts';

/** The deployable app as a user deploys it: with CDKTF's own command, settings in a file, AWS from the environment. */

const NAME = 'cdktf-app';
const BUCKET = `${NAME}-histories`;
let folder: string;

const settings = {
  bot: {
    name: NAME,
    architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    // What takes an emulator long or is tried elsewhere.
    bucket: { name: BUCKET, arn: `arn:aws:s3:::${BUCKET}` },
    alarms: false,
    dashboard: false,
  },
};

/** The caller's own AWS settings are taken away: nothing here may ever reach a real account. */
function environment(): NodeJS.ProcessEnv {
  const { endpoint, terraform } = world();
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDKTF)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    HOOKLINE_CONFIG: path.join(folder, 'hookline.json'),
    TERRAFORM_BINARY_NAME: terraform.command,
    TF_PLUGIN_CACHE_DIR: process.env.TF_PLUGIN_CACHE_DIR ?? path.resolve('.hookline/terraform-plugins'),
    CHECKPOINT_DISABLE: '1',
    CDKTF_HOME: path.join(folder, 'home'),
    CDKTF_LOG_FILE_DIRECTORY: folder,
    // Provider and command leave things behind there.
    TMPDIR: path.join(folder, 't'),
  };
}

const cdktf = (...args: readonly string[]) =>
  run('npx', ['--no-install', 'cdktf', ...args, '--output', path.join(folder, 'out')], {
    env: environment(),
  });

beforeAll(async () => {
  // In the system's own folder: a provider's socket lies below it, and its path may not be long.
  folder = await mkdtemp(path.join(tmpdir(), 'hookline-cdktf-'));
  await mkdir(path.join(folder, 't'));
  await writeFile(path.join(folder, 'hookline.json'), JSON.stringify(settings));
  const { endpoint, secrets, serverUrl } = world();
  await putEnvironment(endpoint, `/${NAME}/prod/env`, environmentFile(secrets, serverUrl));
  const s3 = new S3Client({ ...emulatorClient(endpoint), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

it('npx cdktf synth writes the Terraform of the bot', async () => {
  expect(await cdktf('synth')).toContain('Generated Terraform code for the stacks: bot');
  const stack = JSON.parse(await readFile(path.join(folder, 'out/stacks/bot/cdk.tf.json'), 'utf8'));
  expect(Object.keys(stack.resource.aws_lambda_function)).toEqual(['ingress', 'worker']);
});

it('npx cdktf deploy makes a bot that answers, and prints its address', async () => {
  const printed = await cdktf('deploy', 'bot', '--auto-approve', '--skip-provider-lock');
  const address = printed.match(/WebhookUrl = "?([^\s"]+)/)?.[1] ?? '';
  expect(address).toMatch(/^http.*\/webhook$/);
  expect(printed).toContain('ApiUrl = ');

  const { endpoint, secrets } = world();
  const lambda = new LambdaClient(emulatorClient(endpoint));
  for (const FunctionName of [`${NAME}-ingress`, `${NAME}-worker`]) {
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier: 'live' }));
    expect(Configuration?.Version).toBe('1');
  }
  lambda.destroy();
  const handshake = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.verify_token': secrets.whatsappVerifyToken,
    'hub.challenge': '4711',
  });
  const answer = await fetch(`${emulatedUrl(endpoint, address)}?${handshake}`);
  expect([answer.status, await answer.text()]).toEqual([200, '4711']);
});
