import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { ssmEnvironment } from '../core/secrets.ts';
import { type BotConfig, readBotConfig } from './config.ts';

export interface LoadedConfig {
  readonly config: BotConfig;
  /** The real environment with the parameter's `.env` behind it. A new object whenever it was read again. */
  readonly environment: Environment;
}

/**
 * Reads the configuration, again whenever the environment behind it was read again; its warnings are logged
 * once. Throws `ConfigError` with every fault, `AwsCallError` when the parameter cannot be read.
 */
export function configLoader(
  botType: string | undefined,
  environment: Environment,
  ports: { readonly clock: Clock; readonly log: Log; readonly openSsm: () => Promise<AwsClient> },
): () => Promise<LoadedConfig> {
  const { clock, log } = ports;
  const source = ssmEnvironment({
    environment,
    clock,
    readParameter: async (name) => {
      const { readSsmParameter } = await import('../core/parameters.ts');
      return readSsmParameter(await ports.openSsm(), clock, name);
    },
    onStale: (error) => log.warn('parameter_refresh_failed', { error: describeError(error) }),
  });
  let current: LoadedConfig | undefined;
  return async () => {
    const loaded = await source.load();
    if (current?.environment === loaded) return current;
    const config = readBotConfig(loaded, botType);
    if (!current) for (const warning of config.warnings) log.warn('configuration_warning', { warning });
    current = { environment: loaded, config };
    return current;
  };
}
