import { type Command, InvalidArgumentError } from 'commander';
import type { DevFlags } from '../dev/dev.ts';
import { withSqlite } from '../node-version.ts';
import { needing, type World } from '../world.ts';
import { DEPLOY_PACKAGES, example, withProject } from './project-options.ts';

/** `hookline bot dev`: the project's agent behind a webhook on this machine. */
export function addDev(bot: Command, world: World): void {
  withSqlite(
    withProject(
      bot
        .command('dev')
        .description("run the project's agent on this machine, behind a webhook, without AWS"),
    ),
    world,
  )
    .option('--port <number>', 'port of 127.0.0.1 to listen on; 0 takes a free one', portNumber, 8080)
    .option('--live', 'send the replies to the platform, with the secrets of .env.prod')
    .option(
      '--replay <file>',
      'post a recorded webhook body (JSON, or a list of them), print the replies, and end; repeatable',
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option('--verbose', "print the bot's log lines, not only its errors")
    .addHelpText('after', example('hookline bot dev', 'hookline bot dev --replay message.json'))
    .action(async (flags: Omit<DevFlags, 'replay'> & { readonly replay?: readonly string[] }) => {
      const { dev } = await needing(DEPLOY_PACKAGES, () => import('../dev/dev.ts'));
      await dev({ ...flags, replay: flags.replay ?? [] }, world);
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
