import path from 'node:path';

/**
 * The bots of the emulator tier: each channel under each hand-off, half with the stock bundles, half with a user's
 * agent. What only one of them has on stands in `INPUTS`.
 */
export const BOTS = {
  whatsapp_drop: { bot_type: 'whatsapp', busy_policy: 'drop', ownAgent: false },
  whatsapp_fifo: { bot_type: 'whatsapp', busy_policy: 'fifo', ownAgent: true },
  telegram_drop: { bot_type: 'telegram', busy_policy: 'drop', ownAgent: true },
  telegram_fifo: { bot_type: 'telegram', busy_policy: 'fifo', ownAgent: false },
  whatsapp_merge: { bot_type: 'whatsapp', busy_policy: 'merge', ownAgent: true },
} as const;

export type BotName = keyof typeof BOTS;

export const BOT_NAMES = Object.keys(BOTS) as BotName[];

/** What the bot says to a kind of message that it cannot read. */
export const UNSUPPORTED = 'I cannot read this kind of message.';

/** Rows of a chat after which its history moves to the archive. */
export const MAX_ROWS = 6;

const FEW_ALARMS = { alarms: false, dashboard: false };

/** What only one bot has; the others save the time it takes. */
const INPUTS: Readonly<Record<BotName, object>> = {
  whatsapp_drop: { environment_variables: { UNSUPPORTED_MESSAGE: UNSUPPORTED } },
  // A killed worker's message comes back after six times as long.
  whatsapp_fifo: { ...FEW_ALARMS, worker_timeout_seconds: 5 },
  // A token file that is nowhere: the worker looks for it and goes on without it.
  telegram_drop: {
    ...FEW_ALARMS,
    special_token_files: ['token.json'],
    environment_variables: { HISTORY_MAX_MESSAGES: String(MAX_ROWS) },
  },
  telegram_fifo: FEW_ALARMS,
  whatsapp_merge: { ...FEW_ALARMS, persist_files: true, max_receive_count: 3 },
};

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
  readonly bots: readonly BotName[];
  /** The published module. */
  readonly moduleFolder: string;
  readonly agentZip: string;
  /** The folder of the root itself. */
  readonly folder: string;
}

/** A root configuration as a user would write it: the published module once for each bot. */
export function rootConfiguration({ bots, moduleFolder, agentZip, folder }: RootOptions) {
  const modules = bots.map((name) => {
    const { bot_type, busy_policy, ownAgent } = BOTS[name];
    const inputs = {
      source: path.relative(folder, moduleFolder),
      name: resourceName(name),
      bot_type,
      busy_policy,
      architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
      worker_timeout_seconds: 15,
      // Short: a poison message is dead after two receives.
      max_receive_count: 2,
      lock_ttl_seconds: 30,
      ...(ownAgent && { package: { path: agentZip } }),
      ...INPUTS[name],
    };
    return [name, inputs];
  });
  const outputs = bots.map((name) => [name, { value: `\${module.${name}}` }]);
  return { module: Object.fromEntries(modules), output: Object.fromEntries(outputs) };
}
