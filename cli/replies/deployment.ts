import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { asRecord, asText } from '../../runtime/core/json.ts';
import { settingsFileOf } from '../project/settings-file.ts';
import type { World } from '../world.ts';
import {
  type DeployedReplies,
  environmentNames,
  findReplies,
  MANUAL_NAMES,
  type RepliesNames,
} from './deployed.ts';

/** What says which deployment a command is about, and where it runs. */
export interface RepliesFlags {
  readonly dir: string;
  readonly config?: string;
  readonly env?: string;
  readonly prefix?: string;
  readonly region?: string;
}

/** The module's default. */
const DEFAULT_PREFIX = 'ai-multi-comms-replies';

/** Options of every command about a deployed reply engine. A folder without a settings file is no error. */
export const withReplies = (command: Command): Command =>
  command
    .option('-d, --dir <folder>', "the project's folder", '.')
    .option('-c, --config <file>', 'the settings file, seen from the folder (default: hookline.json)')
    .option('--env <name>', "dev or prod (default: the settings', else the manual deployment's names)")
    .option('--prefix <name>', `what its names begin with (default: the settings', else ${DEFAULT_PREFIX})`)
    .option('--region <region>', "AWS region (default: the settings', else the environment's)");

/** The names that the flags or the settings file give. */
export function namesOf(flags: RepliesFlags): RepliesNames {
  const settings = settingsIn(flags);
  const environment = flags.env ?? settings.environment;
  if (environment === undefined && flags.prefix !== undefined)
    throw new Error('--prefix needs --env: names have a prefix only together with an environment.');
  return environment === undefined
    ? MANUAL_NAMES
    : environmentNames(flags.prefix ?? settings.prefix ?? DEFAULT_PREFIX, environment);
}

/** The reply engine that the flags or the settings file name, as it is deployed. Throws when there is none. */
export const repliesOf = (flags: RepliesFlags, { aws }: Pick<World, 'aws'>): Promise<DeployedReplies> =>
  findReplies(namesOf(flags), aws);

/** The world in the deployment's region: that of the flags, else of the settings file, else the environment's. */
export function worldOf(flags: RepliesFlags, world: World): World {
  const region = flags.region ?? settingsIn(flags).region;
  return region === undefined ? world : { ...world, aws: world.awsIn(region) };
}

/** A settings file that cannot be read says nothing: the command that deploys it says what is wrong. */
function settingsIn(flags: RepliesFlags) {
  const file = settingsFileOf(flags);
  if (!existsSync(file)) return {};
  try {
    const { replies, region } = asRecord(JSON.parse(readFileSync(file, 'utf8')));
    const { environment_name, replies_project_prefix } = asRecord(replies);
    return {
      environment: asText(environment_name),
      prefix: asText(replies_project_prefix),
      region: asText(region),
    };
  } catch {
    return {};
  }
}
