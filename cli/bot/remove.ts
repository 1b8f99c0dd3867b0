import type { Command } from 'commander';
import type { RemoveFlags, RemoveResult } from '../deploy/remove.ts';
import { needing, type World } from '../world.ts';
import { DEPLOY_PACKAGES, example, shown, withProject } from './project-options.ts';

type Flags = RemoveFlags & { readonly json?: boolean };

/** `hookline bot remove`: takes a bot away, with all that it holds. */
export function addRemove(bot: Command, world: World): void {
  withProject(bot.command('remove').description('take the bot away: webhook, stack, histories, secrets'))
    .option('--backup <folder>', 'where the histories are saved first (default: beside the project)')
    .option('--no-backup', 'do not save the histories')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline bot remove --backup ./shop-histories'))
    .action(async (flags: Flags, command: Command) => {
      const { removeProject } = await needing(DEPLOY_PACKAGES, () => import('../deploy/remove.ts'));
      const { hasProject, settingsFileOf } = await import('../project/settings-file.ts');
      if (!hasProject(flags))
        return command.error(`error: there is no project: no file ${settingsFileOf(flags)}`);
      const result = await removeProject(flags, world);
      world.terminal.out(shown(flags.json, result, () => text(result)));
    });
}

function text({ removed, backup }: RemoveResult): string {
  const saved = backup ? `${backup.objects} objects are saved in ${backup.folder}.\n` : '';
  return `${saved}${removed.length === 0 ? 'There was nothing to remove.' : `Removed: ${removed.join(', ')}.`}\n`;
}
