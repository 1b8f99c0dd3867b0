import path from 'node:path';
import { BOT_INPUTS } from '../../modules/bot/inputs.ts';
import { snakeCase } from '../../modules/parts/names.ts';
import { checkSettings, readSettingsFile, type Settings } from '../../modules/settings.ts';
import type { BusyPolicy } from '../../runtime/bot/config.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { type Assignment, withValue } from './assignments.ts';
import { hasProject, settingsFileOf } from './settings-file.ts';

/** What a command is told about the project it works on. */
export interface ProjectFlags {
  readonly dir: string;
  readonly config?: string;
  readonly project?: string;
  readonly region?: string;
  readonly bot?: string;
  readonly set?: readonly Assignment[];
}

/** A folder with a settings file: the bot that the commands deploy and look after. */
export interface Project {
  readonly folder: string;
  readonly settingsFile: string;
  readonly settings: Settings;
  /** The bot's inputs by their names in the settings file, as given. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly botType: 'whatsapp' | 'telegram';
  readonly busyPolicy: BusyPolicy;
  /** Undefined: what the AWS profile says. */
  readonly region: string | undefined;
  readonly parameterName: string;
  /** The secrets lie in Secrets Manager: their owner puts them there. */
  readonly isSecretReference: boolean;
  readonly environmentFile: string;
}

/** The file that holds the bot's secrets, in `.env` form. */
export const ENVIRONMENT_FILE = '.env.prod';

/**
 * Reads the settings with what the flags change in them, for this run alone. Throws `SettingsError`, and a
 * sentence of its own when there is no settings file.
 */
export function openProject(flags: ProjectFlags, environment: Environment): Project {
  const settingsFile = settingsFileOf(flags);
  if (!hasProject(flags))
    throw new Error(
      `There is no ${path.basename(settingsFile)} in ${path.dirname(settingsFile)}: run hookline bot start, or name the project's folder with --dir.`,
    );
  const content = changed(readSettingsFile(settingsFile), flags);
  const settings = checkSettings(content, settingsFile);
  const inputs = (content as { readonly bot?: Readonly<Record<string, unknown>> }).bot ?? {};
  const text = (name: string, fallback: string) => String(inputs[name] ?? fallback);
  const name = text('name', BOT_INPUTS.name.default);
  const parameterName = text('env_parameter_name', `/${name}/prod/env`);
  return {
    folder: path.resolve(flags.dir),
    settingsFile,
    settings,
    inputs,
    name,
    botType: text('bot_type', BOT_INPUTS.botType.default) as Project['botType'],
    busyPolicy: text('busy_policy', BOT_INPUTS.busyPolicy.default) as BusyPolicy,
    region: settings.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION,
    parameterName,
    isSecretReference: parameterName.startsWith('/aws/reference/secretsmanager/'),
    environmentFile: path.resolve(flags.dir, ENVIRONMENT_FILE),
  };
}

function changed(content: unknown, { project, region, bot, set = [] }: ProjectFlags): unknown {
  const named: Assignment[] = [
    ...(project === undefined ? [] : [{ path: ['bot', 'name'], value: project }]),
    ...(bot === undefined ? [] : [{ path: ['bot', 'bot_type'], value: bot }]),
    ...(region === undefined ? [] : [{ path: ['region'], value: region }]),
  ];
  const start = withValue(content, ['bot'], (content as { bot?: object } | null)?.bot ?? {});
  return [...named, ...set].reduce<unknown>(
    (tree, { path: keys, value }) => withValue(tree, fromRoot(keys), value),
    start,
  );
}

const INPUT_NAMES: ReadonlySet<string> = new Set(Object.keys(BOT_INPUTS).map(snakeCase));

/** `busy_policy` stands for `bot.busy_policy`. */
const fromRoot = (keys: readonly string[]): readonly string[] =>
  keys[0] !== undefined && INPUT_NAMES.has(keys[0]) ? ['bot', ...keys] : keys;

/** A number among the bot's inputs, or its default. */
export function numberInput({ inputs }: Project, name: 'workerTimeoutSeconds' | 'lockTtlSeconds'): number {
  return Number(inputs[snakeCase(name)] ?? BOT_INPUTS[name].default);
}
