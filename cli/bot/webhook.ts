import type { Command } from 'commander';
import type { WebhookFlags } from '../deploy/webhook-command.ts';
import { needing, type World } from '../world.ts';
import { DEPLOY_PACKAGES, example, shown, withProject } from './project-options.ts';

type Flags = WebhookFlags & { readonly json?: boolean };

/** `hookline bot webhook`: what the platform knows of the bot's address. */
export function addWebhook(bot: Command, world: World): void {
  const webhook = bot
    .command('webhook')
    .description("the bot's address at Telegram: show, register or delete it")
    .helpCommand(false);
  const add = (name: 'info' | 'set' | 'delete', description: string) =>
    withProject(webhook.command(name).description(description))
      .option('--json', 'print the result as JSON')
      .addHelpText('after', example(`hookline bot webhook ${name}`))
      .action(async (flags: Flags) => {
        const commands = await needing(DEPLOY_PACKAGES, () => import('../deploy/webhook-command.ts'));
        const result = await commands.webhookCommand(name, flags, world);
        world.terminal.out(shown(flags.json, result, () => text(result)));
      });
  const urlHelp = "the bot's address (default: the output webhook_url of the deployed stack)";
  add('info', 'what Telegram has registered, and how it differs').option('--url <address>', urlHelp);
  add('set', 'register it, with the secret and the kinds of updates that the bot handles').option(
    '--url <address>',
    urlHelp,
  );
  add('delete', 'delete it: Telegram keeps updates for a day and delivers none');
}

const text = (result: object): string =>
  `${Object.entries(result)
    .map(
      ([name, value]) => `${name.padEnd(22)}  ${Array.isArray(value) ? value.join(', ') || 'none' : value}`,
    )
    .join('\n')}\n`;
