import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { isLoopback } from '../dashboard/guard.ts';
import { withSqlite } from '../node-version.ts';
import { needing, type World } from '../world.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';

interface DashboardFlags extends BotFlags {
  readonly host: string;
  readonly port: number;
  readonly autoPort?: boolean;
  readonly browser: boolean;
  readonly historyLimit: number;
  readonly write?: boolean;
  readonly token?: boolean;
  readonly agent?: string;
}

/** `hookline bot dashboard`: a page about a deployed bot, on this machine (contract bot §15). */
export function addDashboard(bot: Command, world: World): void {
  withSqlite(
    withBot(
      bot
        .command('dashboard')
        .description('look at a deployed bot in the browser: chats, traces, failed events, queues, cost'),
    ),
    world,
  )
    .option('--host <address>', 'address to listen on; another than 127.0.0.1 needs --token', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', numberFrom(0, 65_535), 8765)
    .option('--auto-port', 'take the next free port when it is in use')
    .option('--no-browser', 'do not open the browser')
    .option(
      '--history-limit <rows>',
      'rows of a conversation that are shown at first',
      numberFrom(1, 10_000),
      200,
    )
    .option('--write', 'allow changes: take over, answer, replay, resolve, redrive')
    .option('--token', 'ask for a random token, which is part of the printed address')
    .option('--agent <file>', 'an agent of yours that replays ask in place of the recorded reply')
    .addHelpText('after', example('hookline bot dashboard --project shop'))
    .action((flags: DashboardFlags, command: Command) => dashboard(flags, command, worldOf(flags, world)));
}

const PACKAGES = ['cloudwatch-logs', 'dynamodb', 'lambda', 's3', 'sqs', 'ssm'].map(
  (service) => `@aws-sdk/client-${service}`,
);

async function dashboard(flags: DashboardFlags, command: Command, world: World): Promise<void> {
  const { host, port, autoPort = false } = flags;
  if (!isLoopback(host) && !flags.token)
    return command.error(`error: ${host} is open to other machines: add --token`);
  const deployed = await botOf(flags, world);
  const { startDashboard } = await needing(PACKAGES, () => import('../dashboard/start.ts'));
  const server = await startDashboard(deployed, world, {
    host,
    port,
    autoPort,
    token: flags.token ? randomBytes(24).toString('base64url') : undefined,
    isWritable: flags.write ?? false,
    historyLimit: flags.historyLimit,
    folder: flags.dir,
    agentFile: flags.agent,
  });
  const mode = flags.write ? 'It may change the bot (--write).' : 'It only reads; --write allows changes.';
  world.terminal.out(`Dashboard of ${deployed.name}: ${server.url}\n${mode} Ctrl-C ends it.\n`);
  if (flags.browser) void openInBrowser(server.url, world);
  const interrupted = world.interruption();
  if (!interrupted.aborted) await once(interrupted, 'abort');
  await server.close();
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', win32: 'explorer' };

/** The address stands in the terminal too, so a machine without a browser is no failure. */
async function openInBrowser(url: string, { runProgram, environment }: World): Promise<void> {
  const opener = OPENERS[process.platform] ?? 'xdg-open';
  const options = { folder: '.', environment, signal: new AbortController().signal };
  await runProgram(opener, [url], options).catch(() => undefined);
}

const numberFrom = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
};
