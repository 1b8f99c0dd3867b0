import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { asRecord, asText } from '../../runtime/core/json.ts';
import { type DeployedBot, findBot } from '../deployed-bot.ts';
import type { World } from '../world.ts';

const SETTINGS_FILE = 'hookline.json';
/** The module's default. */
const DEFAULT_NAME = 'hookline';

/** Adds `--name`, which says what bot a command is about. */
export const withBotName = (command: Command): Command =>
  command.option(
    '--name <bot>',
    `the bot's name, by default that of ${SETTINGS_FILE} here, else ${DEFAULT_NAME}`,
  );

/** The bot that the flags or the settings file name, as it is deployed. Throws when there is none. */
export const botOf = (
  { name, dir = '.' }: { readonly name?: string; readonly dir?: string },
  { aws }: World,
): Promise<DeployedBot> => findBot(name ?? nameInSettings(dir) ?? DEFAULT_NAME, aws);

/** A settings file that cannot be read names nothing: the command that deploys it says what is wrong. */
function nameInSettings(dir: string): string | undefined {
  const file = path.join(dir, SETTINGS_FILE);
  if (!existsSync(file)) return undefined;
  try {
    const settings = asRecord(JSON.parse(readFileSync(file, 'utf8')));
    return asText(asRecord(settings.bot).name);
  } catch {
    return undefined;
  }
}
