import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ask } from '../../cli/ask.ts';
import type { CommandAws } from '../../cli/deployed.ts';
import { createTelegramStandIn } from '../../local/stand-ins/telegram.ts';
import type { AwsClient } from '../../runtime/core/aws-errors.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeSsm } from '../support/fake-ssm.ts';
import { type Captured, hookline } from './capture.ts';
import { FakeTerraform } from './fake-terraform.ts';

type ClientName = Exclude<keyof CommandAws, 'clock'>;

export const TOKEN = '7000000001:token-of-the-bot';

export const TELEGRAM_ENV = `TELEGRAM_TOKEN=${TOKEN}\nTELEGRAM_WEBHOOK_SECRET_TOKEN=first-secret-of-the-webhook\n`;

export interface ProjectWorldOptions {
  /** Files of the project by name; default: a Telegram bot of fifo with its secrets. */
  readonly files?: Readonly<Record<string, string>>;
  readonly clients?: Partial<Record<ClientName, AwsClient>>;
  readonly tagging?: AwsClient;
  readonly fetch?: typeof fetch;
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder of the stock zips. */
  readonly bundles?: string;
}

const SETTINGS = { region: 'eu-west-1', bot: { name: 'shop', bot_type: 'telegram', busy_policy: 'fifo' } };

export const PROJECT_FILES: Readonly<Record<string, string>> = {
  'hookline.json': JSON.stringify(SETTINGS),
  '.env.prod': TELEGRAM_ENV,
};

/** An agent of one's own: building it takes a second, so only tests of the package have one. */
export const AGENT_FILES = {
  ...PROJECT_FILES,
  'agent.mjs': "export const agent = (turn) => 'You said: ' + turn.text;\n",
};

/** A project's folder with fakes of all that the commands reach. */
export function projectWorld(options: ProjectWorldOptions = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookline-project-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text, { mode: 0o600 });
  for (const [name, text] of Object.entries(options.files ?? PROJECT_FILES)) write(name, text);
  const clock = new FakeClock();
  const ssm = new FakeSsm();
  const terraform = new FakeTerraform();
  const telegram = createTelegramStandIn({ token: TOKEN, nowMillis: () => clock.nowMillis() });
  const clients: Partial<Record<ClientName, AwsClient>> = { ssm, ...options.clients };
  const open = (name: ClientName) => async () => {
    const client = clients[name];
    if (!client) throw new Error(`The test has no client of ${name}.`);
    return client;
  };
  const aws: CommandAws = {
    clock,
    dynamodb: open('dynamodb'),
    s3: open('s3'),
    ssm: open('ssm'),
    lambda: open('lambda'),
    sqs: open('sqs'),
    logs: open('logs'),
    secretsManager: open('secretsManager'),
    cloudwatch: open('cloudwatch'),
  };
  const run = (args: readonly string[], ask?: Ask): Promise<Captured> =>
    hookline(['bot', ...args, '--dir', folder], {
      environment: options.environment ?? {},
      clock,
      fetch: options.fetch ?? telegram.fetch,
      ask,
      runProgram: terraform.run,
      interruption: () => new AbortController().signal,
      aws,
      awsIn: () => aws,
      tagging: async () => options.tagging ?? Promise.reject(new Error('The test has no client of tagging.')),
      ...(options.bundles !== undefined && { bundles: options.bundles }),
    });
  return { folder, write, clock, ssm, terraform, telegram, run };
}
