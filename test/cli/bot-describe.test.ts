import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundles } from '../../runtime/build.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { WEBHOOK_URL } from './fake-terraform.ts';
import { projectWorld } from './project-world.ts';

let bundles: string;
beforeAll(async () => {
  bundles = mkdtempSync(path.join(tmpdir(), 'hookline-bundles-'));
  await buildBundles({ outdir: bundles });
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

describe('hookline bot describe', () => {
  test('--no-aws tells of the files and settings, and reaches nothing', async () => {
    const { run, terraform, telegram } = projectWorld({ bundles });
    const { exitCode, out } = await run(['describe', '--no-aws', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({
      name: 'shop',
      botType: 'telegram',
      busyPolicy: 'fifo',
      region: 'eu-west-1',
      parameterName: '/shop/prod/env',
      files: {
        'hookline.json': true,
        'agent.ts': false,
        'config.json': false,
        '.env.prod': true,
        '.gitignore': false,
        'package.json': false,
        'package-lock.json': false,
      },
      secretsMissing: [],
    });
    expect([terraform.commands, telegram.calls]).toEqual([[], []]);
  });

  test('tells of the stack, the bucket, the webhook and the drift', async () => {
    const { run, terraform } = projectWorld({ bundles, clients: { s3: new FakeS3() } });
    await run(['update']);
    const same = await run(['describe']);
    expect(same.exitCode).toBe(0);
    expect(same.out).toContain(`Webhook     ${WEBHOOK_URL}`);
    expect(same.out).toContain('Bucket      bucket\n');
    expect(same.out).toContain('Telegram    registered, 0 updates wait');
    expect(same.out).toContain('Drift       none');
    terraform.state.delete('aws_sqs_queue.dead');
    expect((await run(['describe'])).out).toContain('+ aws_sqs_queue.dead');
    const json = JSON.parse((await run(['describe', '--json'])).out);
    expect(json.deployed.drift).toEqual([{ address: 'aws_sqs_queue.dead', action: 'create' }]);
  });

  test('goes on when the registry of plugins cannot be reached', async () => {
    const { run, terraform } = projectWorld({ bundles, clients: { s3: new FakeS3() } });
    await run(['update']);
    terraform.before = (command) => {
      if (command === 'init') throw new Error('could not connect to the registry');
    };
    const { exitCode, out, error } = await run(['describe']);
    expect(exitCode).toBe(0);
    expect(out).toContain(`Webhook     ${WEBHOOK_URL}`);
    expect(out).toContain('Drift       could not be read');
    expect(error).toContain('could not connect to the registry');
    terraform.before = (command) => {
      if (command !== 'version') throw new Error('no state');
    };
    expect((await run(['describe'])).out).toContain('Stack       could not be read');
  });

  test('a bucket that is gone and a webhook that differs are told', async () => {
    const { run, telegram } = projectWorld({ bundles, clients: { s3: new FakeS3([]) } });
    await run(['update']);
    await telegram.fetch('https://api.telegram.org/bot7000000001:token-of-the-bot/deleteWebhook', {
      method: 'POST',
    });
    const { out } = await run(['describe']);
    expect(out).toContain('bucket (it is not there)');
    expect(out).toContain('the address is not set');
  });

  test('settings that cannot be read end with 1', async () => {
    expect((await projectWorld({ files: {} }).run(['describe'])).exitCode).toBe(1);
  });
});

describe('hookline bot list', () => {
  const mapping = (name: string, arn: string) => ({
    ResourceARN: arn,
    Tags: [{ Key: 'hookline:bot', Value: name }],
  });

  test('lists bots by their tag, over several pages', async () => {
    const pages = [
      {
        ResourceTagMappingList: [
          mapping('shop', 'arn:aws:lambda:eu-west-1:1:function:shop-worker'),
          mapping('shop', 'arn:aws:apigateway:eu-west-1::/restapis/abc123'),
          mapping('shop', 'arn:aws:apigateway:eu-west-1::/restapis/abc123/stages/Prod'),
        ],
        PaginationToken: 'next',
      },
      {
        ResourceTagMappingList: [mapping('books', 'arn:aws:lambda:eu-west-1:1:function:books-worker')],
        PaginationToken: '',
      },
    ];
    const inputs: object[] = [];
    const tagging = {
      send: async ({ input }: { input: object }) => {
        inputs.push(input);
        return pages[inputs.length - 1];
      },
    };
    const { exitCode, out } = await list({ tagging: async () => tagging }, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual([
      { name: 'books', resources: 1 },
      {
        name: 'shop',
        resources: 3,
        webhookUrl: 'https://abc123.execute-api.eu-west-1.amazonaws.com/Prod/webhook',
      },
    ]);
    expect(inputs).toMatchObject([{ TagFilters: [{ Key: 'hookline:bot' }] }, { PaginationToken: 'next' }]);
  });

  test('says so when there is none', async () => {
    const { out } = await list({ tagging: async () => ({ send: async () => ({}) }) });
    expect(out).toBe('There is no bot here.\n');
  });
});

async function list(
  world: Parameters<typeof import('./capture.ts').hookline>[1],
  ...args: readonly string[]
) {
  const { hookline } = await import('./capture.ts');
  return hookline(['bot', 'list', ...args], world);
}
