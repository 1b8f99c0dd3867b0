import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../cli/deploy/checks/finding.ts';
import { graphVersionFinding } from '../../cli/deploy/checks/graph-version.ts';
import { VERSION } from '../../runtime/core/version.ts';
import { WEBHOOK_URL } from './fake-terraform.ts';
import { PROJECT_FILES, projectWorld, TELEGRAM_ENV } from './project-world.ts';

let bundles: string;
beforeAll(() => {
  bundles = mkdtempSync(path.join(tmpdir(), 'hookline-bundles-'));
  for (const name of ['bot-ingress.zip', 'bot-worker.zip', 'bot.zip'])
    writeFileSync(path.join(bundles, name), '');
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly quota?: number;
  readonly dead?: number;
  readonly lines?: readonly object[];
  /** What the deployed bot answers. */
  readonly answer?: (request: Request) => Response;
  readonly credentials?: boolean;
}

const answering = (status: number, body = '"Webhook received."', headers: Record<string, string> = {}) =>
  new Response(body, { status, headers });

/** A bot that is deployed and well, but for what is given. */
async function setUp(given: Given = {}) {
  const { quota = 1000, dead = 0, lines = [], answer = () => answering(200), credentials = true } = given;
  const requests: Request[] = [];
  const reply = (output: object) => ({ send: async () => output });
  const broken = {
    send: async () => {
      throw Object.assign(new Error('x'), {
        name: 'ExpiredTokenException',
        $metadata: { httpStatusCode: 403 },
      });
    },
  };
  const world = projectWorld({
    bundles,
    ...(given.files && { files: given.files }),
    clients: {
      lambda: credentials ? reply({ AccountLimit: { ConcurrentExecutions: quota } }) : broken,
      sqs: reply({ Attributes: { ApproximateNumberOfMessages: `${dead}` } }),
      logs: reply({
        events: lines.map((line) => ({ message: JSON.stringify(line), timestamp: Date.UTC(2026, 0, 1) })),
      }),
    },
    fetch: async (input, init) => {
      const request = new Request(input, init);
      if (!request.url.startsWith(WEBHOOK_URL)) return world.telegram.fetch(input, init);
      requests.push(request);
      return answer(request);
    },
  });
  world.ssm.parameters.set('/shop/prod/env', (given.files ?? PROJECT_FILES)['.env.prod'] ?? '');
  world.terraform.state.set('aws_lambda_function.worker', '{}');
  const doctor = async (...args: readonly string[]) => {
    const { exitCode, out, error } = await world.run(['doctor', '--json', ...args]);
    const findings: readonly Finding[] = JSON.parse(out);
    const of = (check: string) => findings.filter((finding) => finding.check === check);
    return { exitCode, error, findings, of };
  };
  return { ...world, requests, doctor };
}

const registered = (world: Awaited<ReturnType<typeof setUp>>) =>
  world.run(['webhook', 'set', '--url', WEBHOOK_URL]);

const withSettings = (bot: object, env: string = TELEGRAM_ENV) => ({
  'hookline.json': JSON.stringify({
    region: 'eu-west-1',
    bot: { name: 'shop', bot_type: 'telegram', ...bot },
  }),
  '.env.prod': env,
});

describe('hookline bot doctor', () => {
  test('a bot that is well is well in every check, with exit 0', async () => {
    const world = await setUp();
    await registered(world);
    const { exitCode, findings, of } = await world.doctor();
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(of('version')[0]?.text).toContain(`hookline ${VERSION}`);
    for (const check of [
      'settings',
      'lock',
      'secrets',
      'credentials',
      'concurrency',
      'parameter',
      'terraform',
    ])
      expect(of(check), check).toHaveLength(1);
    for (const check of ['webhook', 'telegram', 'dead letters', 'errors'])
      expect(of(check), check).toHaveLength(1);
    const [probe] = world.requests;
    expect(probe?.headers.get('x-telegram-bot-api-secret-token')).toBe('first-secret-of-the-webhook');
    expect(await probe?.json()).toEqual({ update_id: 0 });
  });

  test('every bad finding says what to do, and the command ends with 1', async () => {
    const world = await setUp({ dead: 3, answer: () => answering(403) });
    const { exitCode, error, findings } = await world.doctor();
    const wrong = findings.filter(({ state }) => state !== 'ok');
    expect(wrong.map(({ check }) => check)).toEqual(['webhook', 'telegram', 'dead letters']);
    for (const { fix } of wrong) expect(fix).toMatch(/\w/);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/3 of \d+ checks are bad\./);
  });

  test('the webhook: other address, older secret, no answer, other status, wrong clock', async () => {
    const other = await setUp();
    await other.run(['webhook', 'set', '--url', 'https://elsewhere.example/webhook']);
    expect((await other.doctor()).of('telegram')).toMatchObject([
      { state: 'bad', text: 'the address is https://elsewhere.example/webhook' },
    ]);

    const older = await setUp();
    await registered(older);
    const changed = TELEGRAM_ENV.replace('first', 'second');
    older.write('.env.prod', changed);
    const findings = await older.doctor();
    expect(findings.of('telegram')).toMatchObject([{ state: 'warning' }]);
    expect(findings.of('parameter')).toMatchObject([{ state: 'warning' }]);

    const silent = await setUp({
      answer: () => {
        throw new TypeError('fetch failed');
      },
    });
    expect((await silent.doctor()).of('webhook')).toMatchObject([
      { state: 'bad', text: `no answer from ${WEBHOOK_URL}` },
    ]);
    const broken = await setUp({ answer: () => answering(500) });
    expect((await broken.doctor()).of('webhook')).toMatchObject([
      { state: 'bad', text: `${WEBHOOK_URL} answers 500` },
    ]);

    for (const [seconds, state] of [
      [10, 'ok'],
      [100, 'warning'],
      [400, 'bad'],
    ] as const) {
      const off: Awaited<ReturnType<typeof setUp>> = await setUp({
        answer: () =>
          answering(200, '', { date: new Date(off.clock.nowMillis() + seconds * 1000).toUTCString() }),
      });
      expect((await off.doctor()).of('clock'), `${seconds} s`).toMatchObject([{ state }]);
    }
  });

  test('a WhatsApp bot is asked with a signature, or by the handshake', async () => {
    const env = 'WHATSAPP_TOKEN=t\nWHATSAPP_PHONE_NUMBER_ID=1\nWEBHOOK_VERIFY_TOKEN=verify\n';
    const signed = await setUp({
      files: withSettings({ bot_type: 'whatsapp' }, `${env}WHATSAPP_APP_SECRET=s\n`),
    });
    const well = await signed.doctor();
    expect(well.of('webhook')).toMatchObject([{ state: 'ok' }]);
    expect(signed.requests[0]?.headers.get('x-hub-signature-256')).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(well.of('graph')).toMatchObject([{ state: 'ok' }]);
    expect(well.of('telegram')).toEqual([]);

    const unsigned = await setUp({
      files: withSettings({ bot_type: 'whatsapp', allow_unsigned_webhooks: true }, env),
      answer: ({ url }) => answering(200, new URL(url).searchParams.get('hub.challenge') ?? ''),
    });
    expect((await unsigned.doctor()).of('webhook')).toMatchObject([{ state: 'ok' }]);
    expect(unsigned.requests[0]?.url).toContain('hub.verify_token=verify');
  });

  test('settings and secrets are judged before AWS is asked', async () => {
    const missing = await setUp({ files: { 'hookline.json': '{' } });
    expect(await missing.doctor()).toMatchObject({
      exitCode: 1,
      findings: [{ check: 'version' }, { check: 'settings', state: 'bad' }],
    });
    const locks = await setUp({ files: withSettings({ lock_ttl_seconds: 60 }) });
    expect((await locks.doctor()).of('lock')).toMatchObject([
      { state: 'bad', fix: 'Set lock_ttl_seconds to 135 or more.' },
    ]);
    const empty = await setUp({ files: withSettings({}, 'TELEGRAM_TOKEN=\n') });
    expect((await empty.doctor()).of('secrets')).toMatchObject([
      { state: 'bad', text: expect.stringContaining('TELEGRAM_TOKEN is missing') },
    ]);
  });

  test('without credentials AWS is not asked again', async () => {
    const { doctor, terraform } = await setUp({ credentials: false });
    const { exitCode, of } = await doctor();
    expect(exitCode).toBe(1);
    expect(of('credentials')).toMatchObject([
      {
        state: 'bad',
        text: expect.stringContaining('ExpiredTokenException'),
        fix: expect.stringContaining('AWS_PROFILE'),
      },
    ]);
    expect(terraform.commands).toEqual([]);
  });

  test('reserved concurrency must leave 100 of the quota', async () => {
    const settings = withSettings({ worker_reserved_concurrency: 20 });
    const small = await setUp({ files: settings, quota: 110 });
    expect((await small.doctor()).of('concurrency')).toMatchObject([{ state: 'bad' }]);
    const large = await setUp({ files: settings, quota: 1000 });
    expect((await large.doctor()).of('concurrency')).toMatchObject([{ state: 'ok' }]);
    const young = await setUp({ quota: 10 });
    expect((await young.doctor()).of('concurrency')).toMatchObject([{ state: 'warning' }]);
  });

  test('the newest errors are told by their names; a critical one is bad', async () => {
    const { doctor } = await setUp({
      lines: [
        { level: 'ERROR', message: 'record_failed', error: 'private' },
        { level: 'CRITICAL', message: 'operator_needed' },
      ],
    });
    const { of, findings } = await doctor();
    expect(
      of('errors')
        .map(({ state, text }) => [state, text.split(',')[0]])
        .sort(),
    ).toEqual([
      ['bad', 'operator_needed'],
      ['warning', 'record_failed'],
    ]);
    expect(JSON.stringify(findings)).not.toContain('private');
  });

  test('a bot that is not deployed, and Terraform that is not there', async () => {
    const fresh = await setUp();
    fresh.terraform.state.clear();
    expect((await fresh.doctor()).of('stack')).toMatchObject([
      { state: 'warning', text: 'not deployed from here' },
    ]);
    const none = await setUp();
    none.terraform.version = undefined;
    expect((await none.doctor()).of('stack')).toMatchObject([{ state: 'bad' }]);
  });

  test.each([
    ['v26.0', '2026-11-26', 'ok'],
    ['v21.0', '2026-10-22', 'ok'],
    ['v21.0', '2026-11-01', 'warning'],
    ['v21.0', '2027-01-22', 'bad'],
    ['v18.0', '2026-11-26', 'bad'],
    ['v40.0', '2026-11-26', 'ok'],
  ])('Graph API %s on %s is %s', (version, day, state) => {
    expect(graphVersionFinding(version, Date.parse(day)).state).toBe(state);
  });
});
