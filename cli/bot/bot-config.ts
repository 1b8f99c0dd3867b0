import { type BotConfig, readBotConfig } from '../../runtime/bot/config.ts';
import { describeError } from '../../runtime/core/errors.ts';
import type { CommandAws } from '../deployed.ts';
import { botEnvironment, type DeployedBot } from '../deployed-bot.ts';

/** A bot's configuration; `fault` says why its secrets could not be read: then hashes in logs cannot be computed. */
export interface ConfigReading {
  readonly config: BotConfig;
  readonly fault: string | undefined;
}

/** Stand in for what could not be read: nothing is sent with them. */
const NO_SECRETS = {
  WHATSAPP_TOKEN: '-',
  WHATSAPP_PHONE_NUMBER_ID: '-',
  WEBHOOK_VERIFY_TOKEN: '-',
  TELEGRAM_TOKEN: '-',
};

/** The configuration without its secrets: no more than the worker's own variables is asked for. */
export function publicConfigOf({ environment }: DeployedBot): BotConfig {
  const { TELEGRAM_WEBHOOK_SECRET_REQUIRED: _, ...rest } = environment;
  return readBotConfig({ ...NO_SECRETS, ...rest });
}

/** Reads the configuration as the bot does, secrets included. */
export async function readConfigOf(bot: DeployedBot, aws: CommandAws): Promise<ConfigReading> {
  try {
    return { config: readBotConfig(await botEnvironment(bot, aws)), fault: undefined };
  } catch (error) {
    return { config: publicConfigOf(bot), fault: describeError(error) };
  }
}
