import type { Command } from 'commander';
import { needing, type World } from '../world.ts';
import { example, shown } from './project-options.ts';

const PACKAGES = ['@aws-sdk/client-resource-groups-tagging-api'];

/** `hookline bot list`: the bots of an account and region. */
export function addList(bot: Command, world: World): void {
  bot
    .command('list')
    .description('the bots that are deployed in the account and region, by their tag hookline:bot')
    .option('--region <region>', "AWS region (default: the environment's)")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline bot list --region eu-central-1'))
    .action(async ({ region, json }: { readonly region?: string; readonly json?: boolean }) => {
      const { listBots } = await needing(PACKAGES, () => import('../deploy/list.ts'));
      const bots = await listBots(region, world);
      const lines = bots.map(
        ({ name, resources, webhookUrl = '-' }) =>
          `${name.padEnd(32)} ${`${resources}`.padStart(4)}  ${webhookUrl}`,
      );
      const text = () => (lines.length === 0 ? 'There is no bot here.\n' : `${lines.join('\n')}\n`);
      world.terminal.out(shown(json, bots, text));
    });
}
