import { existsSync, readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { asRecord, asText } from '../../runtime/core/json.ts';
import { type DeployedBot, findBot } from '../deployed-bot.ts';
import type { ProjectFlags } from '../project/project.ts';
import { settingsFileOf } from '../project/settings-file.ts';
import type { World } from '../world.ts';
import { withProject } from './project-options.ts';

/** What says which deployed bot a command is about, and where it runs. */
export interface BotFlags extends Pick<ProjectFlags, 'dir' | 'config' | 'project' | 'region'> {
  /** The earlier spelling of `project`. */
  readonly name?: string;
}

/** The module's default. */
const DEFAULT_NAME = 'hookline';

/** Options of every command about a deployed bot. A folder without a project is no error. */
export const withBot = (command: Command): Command =>
  withProject(command).addOption(new Option('--name <bot>', 'the same as --project').hideHelp());

/** The bot that the flags or the settings file name, as it is deployed. Throws when there is none. */
export const botOf = (flags: BotFlags, { aws }: Pick<World, 'aws'>): Promise<DeployedBot> =>
  findBot(flags.project ?? flags.name ?? settingsIn(flags).name ?? DEFAULT_NAME, aws);

/** The world in the bot's region: that of the flags, else of the settings file, else the environment's. */
export function worldOf(flags: BotFlags, world: World): World {
  const region = flags.region ?? settingsIn(flags).region;
  if (region === undefined) return world;
  return { ...world, aws: world.awsIn(region), redriveClients: () => world.redriveClients(region) };
}

/** A settings file that cannot be read says nothing: the command that deploys it says what is wrong. */
function settingsIn(flags: BotFlags): {
  readonly name?: string | undefined;
  readonly region?: string | undefined;
} {
  const file = settingsFileOf(flags);
  if (!existsSync(file)) return {};
  try {
    const { bot, region } = asRecord(JSON.parse(readFileSync(file, 'utf8')));
    return { name: asText(asRecord(bot).name), region: asText(region) };
  } catch {
    return {};
  }
}
