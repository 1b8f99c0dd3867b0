import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../../core/errors.ts';
import type { Agent } from '../agent.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { HandlerOptions } from '../options.ts';
import { echoAgent } from './echo.ts';

/** Who decides the replies, and the timezone in which its days begin. */
export interface ChosenAgent {
  readonly agent: Agent;
  /** IANA name. */
  readonly timezone: string;
  /** Who may give the bot's own commands, when the file says so. */
  readonly adminUserId?: string;
}

/** What answers where nothing is configured. */
export const ECHO: ChosenAgent = { agent: echoAgent, timezone: 'UTC' };

/**
 * Chooses the agent given in code, else that of the configuration file in the package, else the echo (contract
 * bot §2), once for each path. The choice throws `ConfigError` when the file is faulty, or is named and not there.
 */
export function agentChooser(options: HandlerOptions, packageRoot: string) {
  const chosen = new Map<string, ChosenAgent>();
  return async ({ config, environment }: LoadedConfig): Promise<ChosenAgent> => {
    if (options.agent) return { agent: options.agent, timezone: 'UTC' };
    const path = resolve(packageRoot, config.configPath);
    const known = chosen.get(path);
    if (known) return known;
    if (!existsSync(path) && environment.MAWS_CONFIG_PATH?.trim())
      throw new ConfigError([`MAWS_CONFIG_PATH names ${config.configPath}, which is not in the package`]);
    const agent = existsSync(path) ? await configured(path, options) : ECHO;
    chosen.set(path, agent);
    return agent;
  };
}

async function configured(path: string, options: HandlerOptions): Promise<ChosenAgent> {
  // Loaded by those bots alone that are configured so.
  const [{ readAgentConfig }, { configuredAgent }] = await Promise.all([
    import('./config-file.ts'),
    import('./configured.ts'),
  ]);
  const { general, functionsPath, ...config } = readAgentConfig(path);
  const functions = options.tools ?? (await functionsIn(functionsPath));
  const ports = { functions, prices: options.prices, fetch: options.clients?.fetch };
  const agent = configuredAgent({ ...config, general, functionsPath }, ports);
  const { timezone = 'UTC', admin_user_id: admin } = general;
  return { agent, timezone, ...(admin !== undefined && { adminUserId: String(admin) }) };
}

/** The module that the file names, as it lies in the package. */
async function functionsIn(path: string | undefined): Promise<NonNullable<HandlerOptions['tools']>> {
  if (path === undefined) return {};
  if (!existsSync(path)) throw new ConfigError([`functions names ${path}, which is not in the package`]);
  return import(pathToFileURL(path).href);
}
