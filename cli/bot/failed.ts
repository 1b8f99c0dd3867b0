import type { Command } from 'commander';
import type { CapturedEvent } from '../../runtime/bot/captured-events.ts';
import type { FailedWork } from '../../runtime/bot/failed-work.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { capturedOf, failedWorkOf } from './failed-bot.ts';
import { example } from './project-options.ts';
import { type Since, sinceOption } from './since.ts';

interface FailedFlags extends BotFlags {
  readonly since: Since;
  readonly reason?: string;
  readonly sent?: boolean;
  readonly resend?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `hookline bot failed`: what was captured under `failed-events/`, and back to work with it. */
export function addFailed(bot: Command, world: World): void {
  const failed = bot
    .command('failed')
    .description('captured events: list them, give them back, settle a held part')
    .helpCommand(false);
  const sub = (name: string, description: string) =>
    withBot(failed.command(name).description(description)).addOption(sinceOption('30d'));
  sub('list', 'what was captured, oldest first')
    .option('--reason <word>', 'only this reason, for example send_failed')
    .option('--json', 'print whole objects as JSON; they hold message text')
    .addHelpText('after', example('hookline bot failed list --project shop --reason send_unclear'))
    .action((flags: FailedFlags) => list(flags, worldOf(flags, world)));
  const force = 'also what is older than the dedupe time: it may be answered a second time';
  sub('replay', 'give the captured work of an event back to the bot')
    .argument('<event>', "the platform's event id")
    .option('--force', force)
    .addHelpText('after', example('hookline bot failed replay wamid.EXAMPLE --project shop'))
    .action(async (event: string, flags: FailedFlags) => {
      const { replay } = await failedWorkPackage();
      world.terminal.out(`${await replay(event, await workOf(flags, worldOf(flags, world)))}\n`);
    });
  sub('resolve', 'say what became of a part that is held as unclear')
    .argument('<event>', "the platform's event id")
    .option('--sent', 'it arrived: go on behind it')
    .option('--resend', 'it did not arrive: send it')
    .option('--force', force)
    .addHelpText('after', example('hookline bot failed resolve wamid.EXAMPLE --project shop --sent'))
    .action(async (event: string, flags: FailedFlags, command: Command) => {
      if (Boolean(flags.sent) === Boolean(flags.resend))
        return command.error('error: give either --sent or --resend');
      const { resolve } = await failedWorkPackage();
      const verdict = flags.sent ? 'sent' : 'resend';
      world.terminal.out(`${await resolve(event, verdict, await workOf(flags, worldOf(flags, world)))}\n`);
    });
}

const FAILED_PACKAGES = ['dynamodb', 'lambda', 's3', 'sqs', 'ssm'].map(
  (service) => `@aws-sdk/client-${service}`,
);
const failedWorkPackage = () => needing(FAILED_PACKAGES, () => import('../../runtime/bot/failed-work.ts'));

async function list(flags: FailedFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const { captured } = await capturedOf(await botOf(flags, world), world);
  const events: CapturedEvent[] = [];
  for await (const event of captured.since(flags.since(aws.clock.nowMillis())))
    if (flags.reason === undefined || event.reason === flags.reason) events.push(event);
  if (flags.json) return terminal.out(`${JSON.stringify(events)}\n`);
  terminal.out(events.length === 0 ? 'Nothing is captured.\n' : table(events, terminal));
}

function table(events: readonly CapturedEvent[], terminal: Terminal): string {
  const lines = events.map(({ capturedAt, reason, eventId, chatId, part, error, key }) => {
    const about = [
      eventId === undefined ? key : `event ${eventId}`,
      chatId !== undefined && `chat ${chatId}`,
      part !== undefined && `part ${part}`,
    ];
    return `${capturedAt.slice(0, 19).replace('T', ' ')}  ${paint(terminal, 'red', reason.padEnd(23))}  ${about.filter(Boolean).join('  ')}  ${error}`;
  });
  return `${lines.join('\n')}\n`;
}

async function workOf(flags: FailedFlags, world: World): Promise<FailedWork> {
  const reach = { sinceMillis: flags.since(world.aws.clock.nowMillis()), force: flags.force ?? false };
  return failedWorkOf(await botOf(flags, world), world, reach);
}
