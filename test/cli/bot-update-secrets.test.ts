import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundles } from '../../runtime/build.ts';
import { projectWorld, TELEGRAM_ENV, TOKEN } from './project-world.ts';

let bundles: string;
beforeAll(async () => {
  bundles = mkdtempSync(path.join(tmpdir(), 'hookline-bundles-'));
  await buildBundles({ outdir: bundles });
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

const setUp = () => projectWorld({ bundles });
const settings = (bot: object) => JSON.stringify({ bot: { name: 'shop', bot_type: 'telegram', ...bot } });

describe('the secrets that hookline bot update puts', () => {
  test('the secrets are checked by the rules of the runtime before anything is done', async () => {
    const { run, write, terraform, ssm } = setUp();
    write('.env.prod', 'TELEGRAM_TOKEN=\nTELEGRAM_WEBHOOK_SECRET_TOKEN="not allowed"\n');
    const { exitCode, error } = await run(['update']);
    expect(exitCode).toBe(1);
    expect(error).toContain(
      'The secrets are not complete: TELEGRAM_TOKEN is missing; TELEGRAM_WEBHOOK_SECRET_TOKEN must',
    );
    expect([terraform.commands, [...ssm.parameters]]).toEqual([[], []]);
  });

  test('a secret is registered as the runtime reads it, and no line of the file is ever run', async () => {
    const { run, write, telegram, folder } = setUp();
    const marker = path.join(folder, 'was-run');
    write(
      '.env.prod',
      `export TELEGRAM_TOKEN='${TOKEN}' # of the shop
TELEGRAM_WEBHOOK_SECRET_TOKEN="quoted-secret"
NOTE=$(touch ${marker}) \`touch ${marker}\`
touch ${marker}
`,
    );
    expect((await run(['update'])).exitCode).toBe(0);
    expect(telegram.calls.at(-1)?.body).toMatchObject({ secret_token: 'quoted-secret' });
    expect(existsSync(marker)).toBe(false);
  });

  test('a bot whose webhooks anybody could post is refused, unless that is meant', async () => {
    const { run, write, terraform } = setUp();
    write('.env.prod', `TELEGRAM_TOKEN=${TOKEN}\n`);
    const refused = await run(['update']);
    expect(refused.exitCode).toBe(1);
    expect(refused.error).toContain('TELEGRAM_WEBHOOK_SECRET_TOKEN is missing');
    expect(terraform.commands).toEqual([]);
    write('.env.prod', 'WHATSAPP_TOKEN=t\nWHATSAPP_PHONE_NUMBER_ID=1\nWEBHOOK_VERIFY_TOKEN=v\n');
    write('hookline.json', settings({ bot_type: 'whatsapp' }));
    expect((await run(['update'])).error).toContain('WHATSAPP_APP_SECRET is missing');
    write('hookline.json', settings({ bot_type: 'whatsapp', allow_unsigned_webhooks: true }));
    expect((await run(['update'])).exitCode).toBe(0);
  });

  test('what is written down and empty, and keys of models that are not there, are warned of', async () => {
    const { run, write } = setUp();
    const agent = { type: 'agent', name: 'a', system: 's', models: [{ provider: 'openai', model: 'm' }] };
    const models = [
      { provider: 'google', model: 'm' },
      { provider: 'lmstudio', model: 'm' },
    ];
    const general = { general_system_description: 's', default_models: models };
    write('config.json', JSON.stringify({ general_parameters: general, components: [agent] }));
    write('.env.prod', `${TELEGRAM_ENV}OPENAI_API_KEY=\n`);
    const { exitCode, error } = await run(['update', '--dry-run']);
    expect(exitCode).toBe(0);
    expect(error).toContain('warning: OPENAI_API_KEY is empty\n');
    expect(error).toContain('warning: GOOGLE_API_KEY is missing: config.json has a model of google\n');
    expect(error.match(/warning:/g)).toHaveLength(2);
    write('.env.prod', `${TELEGRAM_ENV}OPENAI_API_KEY=a\nGOOGLE_API_KEY=b\n`);
    expect((await run(['update', '--dry-run'])).error).not.toContain('warning:');
  });

  test('secrets over 4 KB get the tier that holds them, and over 8 KB are refused', async () => {
    const { run, write, ssm } = setUp();
    write('.env.prod', `${TELEGRAM_ENV}FILL=${'x'.repeat(5000)}\n`);
    expect((await run(['update'])).exitCode).toBe(0);
    const put = ssm.tap.details.find(({ name }) => name === 'PutParameter');
    expect(put?.input).toMatchObject({ Type: 'SecureString', Tier: 'Intelligent-Tiering' });
    write('.env.prod', `${TELEGRAM_ENV}FILL=${'x'.repeat(9000)}\n`);
    const { exitCode, error } = await run(['update']);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/The secrets are 91\d\d bytes, and SSM holds 8192\./);
  });
});
