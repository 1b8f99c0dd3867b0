import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeS3 } from '../support/fake-s3.ts';
import { PROJECT_FILES, projectWorld, TELEGRAM_ENV } from './project-world.ts';

let bundles: string;
beforeAll(() => {
  // Removal only copies them.
  bundles = mkdtempSync(path.join(tmpdir(), 'hookline-bundles-'));
  for (const name of ['bot-ingress.zip', 'bot-worker.zip', 'bot.zip'])
    writeFileSync(path.join(bundles, name), '');
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

async function deployed(files: Readonly<Record<string, string>> = PROJECT_FILES) {
  const s3 = new FakeS3();
  s3.keepVersions = true;
  const world = projectWorld({ bundles, files, clients: { s3 } });
  const put = (Key: string, text: string) =>
    s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Buffer.from(text) }));
  await put('history/123.sqlite', 'old');
  await put('history/123.sqlite', 'new');
  await put('archive/123/000001.sqlite', 'archived');
  await put('secrets/google.json', 'secret');
  await put('history/gone.sqlite', 'gone');
  await s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'history/gone.sqlite' }));
  world.ssm.parameters.set('/shop/prod/env', TELEGRAM_ENV);
  for (const address of ['aws_lambda_function.worker', 'aws_s3_bucket.bucket'])
    world.terraform.state.set(address, '{}');
  return { ...world, s3, put };
}

describe('hookline bot remove', () => {
  test('shows what would go, and takes no for an answer', async () => {
    const { run, terraform, ssm, s3, telegram } = await deployed();
    const { exitCode, error } = await run(['remove'], async () => '');
    expect(exitCode).toBe(1);
    expect(error).toContain('Nothing was changed.');
    expect(error).toContain('- 2 resources of the stack');
    expect(error).toContain('- the bucket bucket with all histories, in every version');
    expect(error).toContain('- the secrets in /shop/prod/env');
    expect([terraform.state.size, ssm.parameters.size, s3.keys().length, telegram.calls.length]).toEqual([
      2, 1, 3, 0,
    ]);
  });

  test('without a terminal it needs -y', async () => {
    const { run, terraform } = await deployed();
    const { exitCode, error } = await run(['remove']);
    expect(exitCode).toBe(1);
    expect(error).toContain('Nobody can be asked here: add --yes');
    expect(terraform.state.size).toBe(2);
  });

  test('saves the histories, then removes webhook, every version, stack and secrets', async () => {
    const { run, terraform, ssm, s3, telegram, folder } = await deployed();
    const { exitCode, out } = await run(['remove', '-y', '--backup', path.join(folder, 'saved')]);
    expect(exitCode).toBe(0);
    const saved = (name: string) => readFileSync(path.join(folder, 'saved', name), 'utf8');
    expect([saved('history/123.sqlite'), saved('archive/123/000001.sqlite')]).toEqual(['new', 'archived']);
    expect(existsSync(path.join(folder, 'saved/secrets'))).toBe(false);
    expect(s3.history).toEqual([]);
    expect([terraform.state.size, ssm.parameters.size]).toEqual([0, 0]);
    expect(telegram.calls.map(({ method }) => method)).toEqual(['deleteWebhook']);
    expect(out).toContain('2 objects are saved in');
    expect(out).toContain('Removed: webhook, 2 resources, /shop/prod/env.');
  });

  test('-y alone saves them too; --no-backup does not', async () => {
    const first = await deployed();
    await first.run(['remove', '-y']);
    expect(readdirSync(first.folder).some((name) => name.startsWith('shop-histories-'))).toBe(true);
    const second = await deployed();
    expect((await second.run(['remove', '-y', '--no-backup'])).exitCode).toBe(0);
    expect(readdirSync(second.folder).some((name) => name.includes('histories'))).toBe(false);
  });

  test('at a terminal the backup is offered', async () => {
    const { run, folder } = await deployed();
    const questions: string[] = [];
    await run(['remove'], async (question) => {
      questions.push(question);
      return questions.length === 1 ? 'y' : '';
    });
    expect(questions[1]).toMatch(/Save all histories to .*shop-histories-.* first\? \[Y\/n\]/);
    expect(readdirSync(folder).some((name) => name.startsWith('shop-histories-'))).toBe(true);
  });

  test('what a worker wrote after the bucket was emptied is emptied again', async () => {
    const { run, terraform, put, s3 } = await deployed();
    let applies = 0;
    terraform.before = (command) => {
      if (command !== 'apply') return;
      applies += 1;
      if (applies > 1) return;
      void put('history/late.sqlite', 'late');
      throw new Error('deleting S3 Bucket (bucket): BucketNotEmpty');
    };
    expect((await run(['remove', '-y', '--no-backup'])).exitCode).toBe(0);
    expect([applies, terraform.state.size, s3.history.length]).toEqual([2, 0, 0]);
  });

  test("a bucket of the user's own stays", async () => {
    const settings = {
      bot: { name: 'shop', bot_type: 'telegram', bucket: { name: 'bucket', arn: 'arn:aws:s3:::bucket' } },
    };
    const { run, s3 } = await deployed({ ...PROJECT_FILES, 'hookline.json': JSON.stringify(settings) });
    const { exitCode, error } = await run(['remove', '-y']);
    expect(exitCode).toBe(0);
    expect(error).toContain('Your own bucket stays');
    expect(s3.keys()).toHaveLength(3);
  });

  test('a token that Telegram refuses is no reason to keep the rest', async () => {
    const { run, telegram, ssm } = await deployed();
    telegram.fail({ kind: 'refuse', code: 401, times: 1 });
    const { exitCode, error } = await run(['remove', '-y', '--no-backup']);
    expect(exitCode).toBe(0);
    expect(error).toContain(
      'warning: the webhook at Telegram stays: Telegram refused deleteWebhook: Unauthorized',
    );
    expect(ssm.parameters.size).toBe(0);
  });

  test('without a project it is a usage error', async () => {
    const { exitCode, error } = await projectWorld({ files: {} }).run(['remove', '-y']);
    expect(exitCode).toBe(2);
    expect(error).toContain('there is no project');
  });
});
