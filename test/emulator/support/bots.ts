import path from 'node:path';

/** The bots of the emulator tier: each channel under each hand-off, half with the stock bundles, half with a user's agent. */
export const BOTS = {
  whatsapp_drop: { bot_type: 'whatsapp', busy_policy: 'drop', ownAgent: false },
  whatsapp_fifo: { bot_type: 'whatsapp', busy_policy: 'fifo', ownAgent: true },
  telegram_drop: { bot_type: 'telegram', busy_policy: 'drop', ownAgent: true },
  telegram_fifo: { bot_type: 'telegram', busy_policy: 'fifo', ownAgent: false },
} as const;

export type BotName = keyof typeof BOTS;

export const BOT_NAMES = Object.keys(BOTS) as BotName[];

/** Prefix of a bot's resources. */
export const resourceName = (bot: BotName): string => bot.replace('_', '-');

/** The published module's outputs that the tests use. */
export interface BotOutputs {
  readonly webhook_url: string;
  readonly env_parameter_name: string;
  readonly ingress_function_name: string;
  readonly ingress_policy_json: string;
  readonly worker_function_name: string;
  readonly worker_policy_json: string;
  readonly bucket_name: string;
  readonly lock_table_name: string;
  readonly queue_url: string | null;
  readonly dead_letter_queue_url: string;
}

export interface RootOptions {
  /** The published module. */
  readonly moduleFolder: string;
  readonly agentZip: string;
  /** The folder of the root itself. */
  readonly folder: string;
}

/** A root configuration as a user would write it: the published module once for each bot. */
export function rootConfiguration({ moduleFolder, agentZip, folder }: RootOptions): object {
  const modules = BOT_NAMES.map((name) => {
    const { bot_type, busy_policy, ownAgent } = BOTS[name];
    const inputs = {
      source: path.relative(folder, moduleFolder),
      name: resourceName(name),
      bot_type,
      busy_policy,
      architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
      // Short times: a killed worker's message comes back after 30 s, a poison one is dead after two receives.
      worker_timeout_seconds: 5,
      max_receive_count: 2,
      lock_ttl_seconds: 30,
      // One bot has everything on; the others save the time it takes.
      ...(name !== 'whatsapp_drop' && { alarms: false, dashboard: false }),
      ...(ownAgent && { package: { path: agentZip } }),
      // A file that is nowhere: the worker looks for it and goes on without it.
      ...(name === 'telegram_drop' && {
        environment_variables: { SPECIAL_TOKEN_FILES_JSON: '["token.json"]' },
      }),
    };
    return [name, inputs];
  });
  const outputs = BOT_NAMES.map((name) => [name, { value: `\${module.${name}}` }]);
  return { module: Object.fromEntries(modules), output: Object.fromEntries(outputs) };
}
